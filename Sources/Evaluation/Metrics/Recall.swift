extension JudgedRanking {
    /// The share of the relevant documents that is among the first k. trec_eval's `recall`.
    func recall(_ k: Int) -> Double { Double(hits(k)) / Double(relevantCount) }

    /// HasPositives: 1 when any relevant document is among the first k, else 0. trec_eval's `success`.
    func success(_ k: Int) -> Double { hits(k) > 0 ? 1 : 0 }
}
