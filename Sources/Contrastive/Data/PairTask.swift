/// What pairs can be judged by.
package enum PairTask: String, Sendable, CaseIterable {
    /// Queries with documents that answer them.
    case ranking
    /// Pairs with labels 0 and 1.
    case classification
    /// Pairs with graded scores.
    case regression
}

extension PairReader {
    /// The task that fits the pairs: graded scores ask for a regression, labels of 0 where no corpus is
    /// searched for a classification, everything else for a ranking.
    ///
    /// - Parameter isSearched: whether there is a corpus.
    package func task(isSearched: Bool) -> PairTask {
        let scores = rawPairs.filter { $0.label == nil }.compactMap(\.score)
        if scores.contains(where: { $0 != 0 && $0 != 1 }) { return .regression }
        let hasNegatives = scores.contains(0) || rawPairs.contains { $0.label == 0 }
        return hasNegatives && !isSearched ? .classification : .ranking
    }
}
