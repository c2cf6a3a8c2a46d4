/// One query's ranking with all that metrics need of it: where its relevant documents stand.
///
/// Metrics are sums over the few relevant documents rather than over all results, so that any number
/// of them costs hardly more than one.
struct JudgedRanking {
    /// A result that answers in part at least.
    struct Gain {
        /// From 1.
        let rank: Int
        /// Above 0.
        let relevance: Int32
    }

    /// The results of a relevance above 0, by ascending rank.
    var gains: [Gain] = []
    /// The ranks, from 1 and ascending, of the results relevant enough.
    var relevantRanks: [Int] = []
    /// The relevances above 0 of all judged documents, descending: the best ranking there could be.
    var ideal: [Int32] = []
    /// How many documents are relevant enough, found or not.
    var relevantCount = 0

    /// How many relevant documents are among the first `k`.
    func hits(_ k: Int) -> Int {
        relevantRanks.firstIndex { $0 > k } ?? relevantRanks.count
    }
}
