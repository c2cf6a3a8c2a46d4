/// What a model is judged by while it is trained, on pairs that it does not learn from.
package enum DevelopmentMetric: String, Sendable, CaseIterable {
    /// Mean reciprocal rank of the first correct document. Voorhees, TREC-8, 1999.
    case mrr
    /// Mean average precision over all correct documents.
    case map
    /// Average precision of the pairs ranked by cosine, for labels 0 and 1.
    case ap
    /// Spearman's rank correlation of cosines and scores.
    case spearman

    /// The one that fits the data: graded scores ask for a correlation, labelled negatives without a
    /// corpus for average precision, everything else for a ranking.
    package init(fitting set: PairSet) {
        if set.isGraded {
            self = .spearman
        } else if set.documents.isEmpty, set.pairs.contains(where: { $0.label == 0 }) {
            self = .ap
        } else {
            self = .mrr
        }
    }

    /// Why pairs cannot be judged by this metric, which would have the same value for every model; nil
    /// where they can.
    package func obstacle(in set: PairSet) -> String? {
        switch self {
        case .mrr, .map:
            set.hasPositives ? nil : "no pair belongs together, so there is nothing to be found"
        case .ap:
            Set(set.pairs.map { $0.label != 0 }).count == 2
                ? nil : "every label is \(set.hasPositives ? 1 : 0), so there is nothing to be told apart"
        case .spearman:
            Set(set.pairs.map(\.score)).count > 1 ? nil : "all scores are equal, so nothing can correlate with them"
        }
    }
}

/// The rank of each relevant one among `scores`, from 1, ascending: higher scores come first, and of
/// equal ones the lower number. O(relevant · scores).
func ranks(of relevant: Set<Int>, in scores: [Float]) -> [Int] {
    relevant.map { item in
        let score = scores[item]
        var rank = 1
        for (other, value) in scores.enumerated() where value > score || value == score && other < item {
            rank += 1
        }
        return rank
    }.sorted()
}

/// (1/R) Σ i / rank_i over the R relevant ones, whose ranks ascend.
func averagePrecision(_ ranks: [Int]) -> Double {
    guard !ranks.isEmpty else { return 0 }
    return ranks.enumerated().reduce(0) { $0 + Double($1.offset + 1) / Double($1.element) }
        / Double(ranks.count)
}
