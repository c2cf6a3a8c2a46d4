extension JudgedRanking {
    /// 1 / rank of the first relevant document, 0 when that is beyond k. Mean over queries: MRR.
    /// Voorhees, "The TREC-8 Question Answering Track Report", 1999; trec_eval's `recip_rank`.
    func reciprocalRank(_ k: Int) -> Double {
        guard let first = relevantRanks.first, first <= k else { return 0 }
        return 1 / Double(first)
    }
}
