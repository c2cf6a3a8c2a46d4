internal import Glibc

extension JudgedRanking {
    /// nDCG: Σ gain / log2(1 + rank) over the first k, divided by the largest sum possible; 0 where
    /// nothing was judged to have a gain.
    ///
    /// With the relevance for its gain as in Järvelin and Kekäläinen, "Cumulated Gain-Based Evaluation
    /// of IR Techniques", TOIS 2002, which is trec_eval's `ndcg` and `ndcg_cut`; or with
    /// 2^relevance − 1 as in Burges et al., "Learning to Rank Using Gradient Descent", ICML 2005.
    func normalizedGain(_ k: Int, isExponential: Bool) -> Double {
        // Halved so often that the largest is finite, which leaves the quotient as it is.
        let scale = -max(0, Double(ideal.first ?? 0) - 1000)
        func gain(_ relevance: Int32) -> Double {
            isExponential ? exp2(Double(relevance) + scale) - exp2(scale) : Double(relevance)
        }
        var found = 0.0
        for result in gains where result.rank <= k {
            found += gain(result.relevance) / log2(Double(result.rank + 1))
        }
        guard found > 0 else { return 0 }
        var best = 0.0
        for (index, relevance) in ideal.prefix(k).enumerated() {
            best += gain(relevance) / log2(Double(index + 2))
        }
        return found / best
    }
}
