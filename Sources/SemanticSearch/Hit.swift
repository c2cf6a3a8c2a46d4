public import EmbeddingStore

/// A document that a search found.
public struct Hit: Sendable, Equatable {
    public let document: Document
    /// What documents are ranked by: the cosine of the query and the passage, in [-1, 1]; the BM25
    /// score of a search by words, above 0; the sum of a fusion.
    public let score: Float
    /// The text of the document that is nearest in meaning: its question, an alternate or a part of
    /// the answer. In a search by words alone, its question.
    public let passage: String
    /// How the score comes about, where several scores or words make it.
    public let explanation: HitExplanation?

    /// The cosine of the query and the passage, in [-1, 1]; nil in a search by words alone.
    public var cosine: Float? { explanation.map(\.cosine) ?? score }

    public init(
        document: Document, score: Float, passage: String, explanation: HitExplanation? = nil
    ) {
        self.document = document
        self.score = score
        self.passage = passage
        self.explanation = explanation
    }
}

/// The parts of a score.
public struct HitExplanation: Sendable, Equatable {
    /// The cosine of the query and the passage; nil in a search by words alone.
    public var cosine: Float?
    /// The place in the ranking by meaning, from 1; nil when it was not among those fused.
    public var cosineRank: Int?
    /// The BM25 score, 0 when the document has none of the query's words; nil in a search by
    /// meaning alone.
    public var bm25: Double?
    /// The place in the ranking by words, from 1; nil when it was not among those fused.
    public var bm25Rank: Int?
    /// The query's words that the document has, with what each adds to the BM25 score.
    public var words: [Word]

    public init(
        cosine: Float? = nil, cosineRank: Int? = nil, bm25: Double? = nil, bm25Rank: Int? = nil,
        words: [Word] = []
    ) {
        self.cosine = cosine
        self.cosineRank = cosineRank
        self.bm25 = bm25
        self.bm25Rank = bm25Rank
        self.words = words
    }

    /// A word's part in a BM25 score.
    public struct Word: Sendable, Equatable {
        /// As the index keeps it: stemmed, or two characters of Japanese.
        public var term: String
        public var score: Double
    }
}
