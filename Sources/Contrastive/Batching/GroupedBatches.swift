/// How groups of similar pairs become batches: in a random order each pair that is free yet takes
/// with it the nearest free ones among its candidates, and whole groups fill the batches.
///
/// Chernyavskiy et al. 2022, section 3, "Shuffling". Differences to the authors' `BSCShuffler`: the
/// first epoch is grouped too, and the order found is kept.
package struct Grouping: Sendable {
    /// The most pairs of a group, at least 2.
    let groupSize: Int
    /// Whether pairs with the same query or passage may share a group.
    let allowsEqualTexts: Bool

    package init(groupSize: Int, allowsEqualTexts: Bool) {
        self.groupSize = groupSize
        self.allowsEqualTexts = allowsEqualTexts
    }

    /// - Parameter candidates: for a pair, others from the nearest on.
    func batches(
        _ input: inout BatchInput, candidates: (Int) -> any Sequence<Int>
    ) -> [[Int]] {
        fill(groups(&input, candidates: candidates), batchSize: input.batchSize)
            .shuffled(using: &input.random)
    }

    /// Every pair in one group.
    package func groups(
        _ input: inout BatchInput, candidates: (Int) -> any Sequence<Int>
    ) -> [[Int]] {
        let pairs = input.set.pairs
        var isFree = [Bool](repeating: true, count: pairs.count)
        var groups: [[Int]] = []
        for start in Array(pairs.indices).shuffled(using: &input.random) where isFree[start] {
            var group = [start]
            isFree[start] = false
            for other in candidates(start) {
                guard group.count < groupSize else { break }
                let repeats = group.contains { isEqual(pairs[$0], pairs[other]) }
                guard isFree[other], allowsEqualTexts || !repeats else { continue }
                group.append(other)
                isFree[other] = false
            }
            groups.append(group)
        }
        return groups
    }

    private func isEqual(_ a: TrainingPair, _ b: TrainingPair) -> Bool {
        a.query == b.query || a.passage == b.passage
    }

    /// Packs groups into batches without breaking any: the first batch with room takes a group.
    private func fill(_ groups: [[Int]], batchSize: Int) -> [[Int]] {
        var batches: [[Int]] = []
        var open: [Int] = []
        // Large groups first, in the order found: small ones fill the gaps.
        let order = groups.indices.sorted { (groups[$1].count, $0) < (groups[$0].count, $1) }
        for group in order.lazy.map({ groups[$0] }) {
            if let index = open.firstIndex(where: { batches[$0].count + group.count <= batchSize }) {
                batches[open[index]] += group
                if batches[open[index]].count == batchSize { open.remove(at: index) }
            } else {
                batches.append(group)
                if group.count < batchSize { open.append(batches.count - 1) }
            }
        }
        return batches
    }
}
