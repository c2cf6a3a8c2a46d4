extension JudgedRanking {
    /// The share of relevant documents among the first k places, empty places included. trec_eval's `P`.
    func precision(_ k: Int) -> Double { Double(hits(k)) / Double(k) }

    /// The precision at R, the number of relevant documents. trec_eval's `Rprec`.
    var rPrecision: Double { precision(relevantCount) }
}
