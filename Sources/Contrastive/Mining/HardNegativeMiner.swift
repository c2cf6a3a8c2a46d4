package import BiEncoder
package import JSON
internal import Tensors
internal import VectorIndex

/// Finds passages that a model takes for near a query though they are not known to answer it.
///
/// Mined negatives are often false ones: answers that nobody has marked. A margin below the known
/// answer's score leaves the likeliest of them out (Moreira et al., "NV-Retriever", 2024, section 3:
/// a relative margin of 0.05).
package struct HardNegativeMiner: Sendable {
    /// The ranks that are looked at, from 1.
    package var ranks = 1...50
    /// Negatives a pair.
    package var count = 3
    /// How far a negative's score has to be below the positive's:
    /// score ≤ positive · (1 − relative) − absolute. Below 0 lets it be above.
    package var absoluteMargin: Float = 0
    package var relativeMargin: Float = 0.05

    package init() {}

    /// A passage that was found for a pair.
    package struct Candidate: Sendable, Equatable {
        /// Its number in the set.
        package let passage: Int
        /// The cosine with the query.
        package let score: Float
        /// From 1, among all passages.
        package let rank: Int
    }

    /// What was found for one pair.
    package struct Finding: Sendable {
        /// The pair's number in the set.
        package let pair: Int
        package let positiveScore: Float
        /// The nearest within ranks and margins.
        package let negatives: [Candidate]
        /// Within the ranks but too near to the positive.
        package let tooNear: [Candidate]
        /// How many within the ranks are known to be correct, or equal to a correct one or the query.
        package let known: Int
    }

    /// Mines for every pair with label 1.
    ///
    /// - Parameter set: documents, or else all passages, are what is searched.
    /// - Returns: a finding a pair, in their order. O(pairs · passages · dimensions).
    package func mine(_ set: PairSet, with encoder: BiEncoder) throws -> [Finding] {
        let pairs = set.pairs.indices.filter { set.pairs[$0].label != 0 }
        let searched = set.documents.isEmpty
            ? Array(0..<set.passages.count) : Array(Set(set.documents.joined())).sorted()
        var passages = try encoder.embed(
            encoder.tokenize(searched.map { set.passages[$0] }, as: .passage))
        var queries = try encoder.embed(
            encoder.tokenize(pairs.map { set.queries[set.pairs[$0].query] }, as: .query))
        var positives = try encoder.embed(
            encoder.tokenize(pairs.map { set.passages[set.pairs[$0].passage] }, as: .passage))
        passages.scaleToUnitLength()
        queries.scaleToUnitLength()
        positives.scaleToUnitLength()
        guard passages.count > 0 else { return [] }
        var builder = try FaissIndexBuilder(
            dimensions: passages.dimensions, capacity: passages.count)
        try builder.add(passages.values.span)
        let found = try builder.finish().search(queries.values.span, k: ranks.upperBound)
        return pairs.enumerated().map { row, index in
            let pair = set.pairs[index]
            let positiveScore = zip(queries[row], positives[row]).reduce(0) { $0 + $1.0 * $1.1 }
            let correct = set.positives[pair.query].union([pair.passage])
            let limit = positiveScore * (1 - relativeMargin) - absoluteMargin
            var (negatives, tooNear): ([Candidate], [Candidate]) = ([], [])
            var known = 0
            for (place, neighbour) in found[row].enumerated() where ranks.contains(place + 1) {
                let passage = searched[neighbour.row]
                let candidate = Candidate(
                    passage: passage, score: neighbour.score, rank: place + 1)
                if correct.contains(passage) || isEqual(set.passages[passage], set.queries[pair.query]) {
                    known += 1
                } else if neighbour.score > limit {
                    tooNear.append(candidate)
                } else if negatives.count < count {
                    negatives.append(candidate)
                }
            }
            return Finding(
                pair: index, positiveScore: positiveScore, negatives: negatives, tooNear: tooNear,
                known: known)
        }
    }

    private func isEqual(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}

extension PairSet {
    /// Every pair with its negatives, given and mined, as a line of a file of pairs; labelled negatives
    /// with their label, and where scores are graded each with its own, from 0 to 1.
    package func json(with findings: [HardNegativeMiner.Finding]) -> [JSONValue] {
        let mined = Dictionary(uniqueKeysWithValues: findings.map { ($0.pair, $0.negatives.map(\.passage)) })
        let isGraded = self.isGraded
        return pairs.enumerated().map { index, pair in
            var line: JSONObject = [
                "query": .string(queries[pair.query]), "positive": .string(passages[pair.passage]),
                "negatives": .array((pair.negatives + (mined[index] ?? [])).map { .string(passages[$0]) }),
            ]
            if pair.label == 0 || isGraded { line["label"] = .integer(Int(pair.label)) }
            if isGraded { line["score"] = .number(Double(pair.score)) }
            return .object(line)
        }
    }
}
