extension JudgedRanking {
    /// (1/R) Σ i / rank_i over the relevant documents among the first k, R being the number of all
    /// relevant ones. Mean over queries: MAP. trec_eval's `map` and `map_cut`.
    func averagePrecision(_ k: Int) -> Double {
        var sum = 0.0
        for (index, rank) in relevantRanks.enumerated() where rank <= k {
            sum += Double(index + 1) / Double(rank)
        }
        return sum / Double(relevantCount)
    }
}
