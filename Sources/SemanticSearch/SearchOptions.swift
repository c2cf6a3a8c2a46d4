public import Filters
public import VectorIndex

/// What a search is to return.
public struct SearchOptions: Sendable {
    /// The most documents, at least 1. Beyond the corpus, every document is returned.
    public var limit = 10
    /// Documents with a lower cosine are left out.
    public var minimumScore: Float = -1
    /// Which documents to choose from, by their fields; nil for all.
    public var filter: FieldFilter?
    /// Documents that are left out, by their ids. Those that are not there are passed over.
    public var excludedIDs: [String] = []
    /// How thoroughly to search where the index is not exact.
    public var effort = SearchEffort()
    /// The fingerprint of the model that the query's vector is of: an index that has another model by
    /// now refuses the search (`IndexError` of kind `otherModel`). nil where the caller has checked.
    package var fingerprint: String?

    public init(limit: Int = 10, minimumScore: Float = -1) {
        self.limit = limit
        self.minimumScore = minimumScore
    }
}
