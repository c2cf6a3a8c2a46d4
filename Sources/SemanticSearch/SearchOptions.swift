/// What a search is to return.
public struct SearchOptions: Sendable {
    /// The most documents, at least 1. Beyond the corpus, every document is returned.
    public var limit = 10
    /// Documents with a lower cosine are left out.
    public var minimumScore: Float = -1
    /// A document that is left out, by its id.
    public var excludedID: String?

    public init(limit: Int = 10, minimumScore: Float = -1) {
        self.limit = limit
        self.minimumScore = minimumScore
    }
}
