/// Two texts that belong together, or do not, as a training sees them. Numbers are those of the
/// texts in their `PairSet`.
package struct TrainingPair: Sendable, Equatable {
    package var query: Int
    package var passage: Int
    /// Passages given as hard negatives.
    package var negatives: [Int]
    /// 1, or 0 for a labelled negative.
    package var label: Float
    /// In [0, 1]: how similar the two are.
    package var score: Float

    package init(
        query: Int, passage: Int, negatives: [Int] = [], label: Float = 1, score: Float = 1
    ) {
        self.query = query
        self.passage = passage
        self.negatives = negatives
        self.label = label
        self.score = score
    }
}

/// Pairs and their texts.
package struct PairSet: Sendable {
    package var pairs: [TrainingPair] = []
    package var queries = TextTable()
    package var passages = TextTable()
    /// For each query, the passages known to be correct: its own, and all texts of the documents
    /// that they stand for.
    package var positives: [Set<Int>] = []
    /// What is searched to find a query's passages: for each document its texts. Empty where the
    /// passages themselves are.
    package var documents: [[Int]] = []

    package init() {}

    /// Whether any pair has a label of 1.
    package var hasPositives: Bool { pairs.contains { $0.label != 0 } }

    /// Whether scores are graded, beyond 0 and 1.
    package var isGraded: Bool { pairs.contains { $0.score != 0 && $0.score != 1 } }

    package mutating func insertQuery(_ text: String) -> Int {
        let number = queries.insert(text)
        if number == positives.count { positives.append([]) }
        return number
    }

    /// The same texts with some of the pairs only.
    package func selecting(_ indices: [Int]) -> PairSet {
        var result = self
        result.pairs = indices.map { pairs[$0] }
        return result
    }
}
