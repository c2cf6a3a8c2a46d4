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

    public init(limit: Int = 10, minimumScore: Float = -1) {
        self.limit = limit
        self.minimumScore = minimumScore
    }
}
