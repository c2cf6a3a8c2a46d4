internal import Random

/// Splits pairs so that no query and no passage stands on both sides, and where there is no corpus no
/// text either way.
package enum GroupSplit {
    /// - Parameters:
    ///   - fraction: the share of pairs wanted in the second part; in (0, 1).
    ///   - seed: decides which groups those are.
    /// - Returns: the pairs' numbers in either part, ascending. Whole groups of pairs that share a
    ///   query or a passage, directly or through others, are on one side; without documents also pairs
    ///   one of which has for its query what another has for its passage. The second part has the
    ///   wanted share or as many more pairs as its last group has too many.
    package static func split(
        _ set: PairSet, fraction: Double, seed: UInt64
    ) -> (training: [Int], development: [Int]) {
        var groups = DisjointSets(count: set.queries.count + set.passages.count)
        for pair in set.pairs {
            groups.join(pair.query, set.queries.count + pair.passage)
        }
        if set.documents.isEmpty {
            for (query, text) in set.queries.texts.enumerated() {
                if let passage = set.passages.number(of: text) { groups.join(query, set.queries.count + passage) }
            }
        }
        // Texts of one document belong together.
        for texts in set.documents {
            for text in texts.dropFirst() {
                groups.join(set.queries.count + texts[0], set.queries.count + text)
            }
        }
        var members: [Int: [Int]] = [:]
        for (index, pair) in set.pairs.enumerated() {
            members[groups.root(of: pair.query), default: []].append(index)
        }
        var random = SeededGenerator(seed: seed)
        var order = members.values.sorted { $0[0] < $1[0] }
        order.shuffle(using: &random)
        var development: [Int] = []
        let wanted = Int((Double(set.pairs.count) * fraction).rounded())
        for group in order where development.count < wanted {
            // A group far larger than what is missing stays, so that enough is left to learn from.
            let total = development.count + group.count
            if group.count <= 2 * (wanted - development.count), total <= set.pairs.count / 2 {
                development += group
            }
        }
        let chosen = Set(development)
        return (set.pairs.indices.filter { !chosen.contains($0) }, development.sorted())
    }
}
