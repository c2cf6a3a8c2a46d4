/// By what documents are ranked.
public enum RankingMethod: String, Sendable, CaseIterable {
    /// By the cosine of the query and a document's best passage.
    case meaning
    /// By BM25.
    case words
    /// By both rankings, fused by reciprocal rank.
    case meaningAndWords = "meaning+words"
}
