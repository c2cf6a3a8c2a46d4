/// What people should know of their pairs before a training starts.
package struct PairSummary: Sendable {
    package let pairs: Int
    package let positives: Int
    package let labelledNegatives: Int
    package let hardNegatives: Int
    package let distinctQueries: Int
    package let distinctPassages: Int
    /// Pairs whose query and passage an earlier one has.
    package let duplicates: Int

    package init(_ set: PairSet) {
        pairs = set.pairs.count
        positives = set.pairs.count { $0.label != 0 }
        labelledNegatives = pairs - positives
        hardNegatives = set.pairs.reduce(0) { $0 + $1.negatives.count }
        distinctQueries = Set(set.pairs.map(\.query)).count
        distinctPassages = Set(set.pairs.map(\.passage)).count
        duplicates = pairs - Set(set.pairs.map { [$0.query, $0.passage] }).count
    }

    /// The texts that stand in both sets, as queries or as passages of pairs.
    ///
    /// - Parameter passages: whether passages count; they do not where they are entries of a corpus that
    ///   every query is searched in.
    package static func shared(
        _ a: PairSet, _ b: PairSet, passages: Bool
    ) -> [String] {
        func texts(_ set: PairSet) -> Set<String> {
            let queries = set.pairs.map { set.queries[$0.query] }
            return Set(passages ? queries + set.pairs.map { set.passages[$0.passage] } : queries)
        }
        return texts(a).intersection(texts(b)).sorted()
    }
}
