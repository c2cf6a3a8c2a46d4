/// Joins rankings by Σ 1 / (k + rank) with k 60 and ranks from 1 (Cormack, Clarke and Büttcher,
/// "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009).
struct ReciprocalRankFusion {
    static let k = 60.0
    private var scores: [UInt64: Double] = [:]

    /// - Parameter documents: best first, each once.
    mutating func add(_ documents: [UInt64]) {
        for (index, document) in documents.enumerated() {
            scores[document, default: 0] += 1 / (Self.k + Double(index + 1))
        }
    }

    /// Best first; of equal scores the lower key.
    var ranking: [(document: UInt64, score: Double)] {
        scores.map { (document: $0.key, score: $0.value) }
            .sorted { $0.score != $1.score ? $0.score > $1.score : $0.document < $1.document }
    }
}
