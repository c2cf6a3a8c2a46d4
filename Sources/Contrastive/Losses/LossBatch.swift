/// The embedded texts of one step, as losses see them.
///
/// n pairs, m candidates and D dimensions: the right sides of the pairs come first among the
/// candidates, then further texts that serve as negatives.
package struct LossBatch: Sendable {
    /// n × D: the left sides.
    package let anchors: [Float]
    /// m × D: the right sides, then hard negatives.
    package let candidates: [Float]
    package let dimensions: Int
    /// n numbers: 1 for pairs that belong together, 0 for labelled negatives.
    package let labels: [Float]
    /// n numbers in [0, 1]: how similar the two sides are; what regression aims at.
    package let scores: [Float]
    /// For each pair, the candidates that are correct too, or equal to a correct one, and so are no
    /// negatives of it. Never the pair's own right side.
    package let excluded: [[Int]]
    /// For each pair, the candidates given as its own hard negatives.
    package let hardNegatives: [[Int]]

    package var pairs: Int { labels.count }
    package var candidateCount: Int { dimensions == 0 ? 0 : candidates.count / dimensions }

    /// - Precondition: the counts agree and there are at least as many candidates as pairs.
    package init(
        anchors: [Float], candidates: [Float], dimensions: Int, labels: [Float]? = nil,
        scores: [Float]? = nil, excluded: [[Int]]? = nil, hardNegatives: [[Int]]? = nil
    ) {
        let pairs = dimensions == 0 ? 0 : anchors.count / dimensions
        self.anchors = anchors
        self.candidates = candidates
        self.dimensions = dimensions
        self.labels = labels ?? [Float](repeating: 1, count: pairs)
        self.scores = scores ?? self.labels
        self.excluded = excluded ?? [[Int]](repeating: [], count: pairs)
        self.hardNegatives = hardNegatives ?? [[Int]](repeating: [], count: pairs)
        precondition(anchors.count == pairs * dimensions)
        precondition(candidates.count.isMultiple(of: max(dimensions, 1)) && candidateCount >= pairs)
        precondition([self.labels.count, self.scores.count].allSatisfy { $0 == pairs })
        precondition([self.excluded.count, self.hardNegatives.count].allSatisfy { $0 == pairs })
    }
}

/// A loss and its derivatives.
package struct LossValue: Sendable {
    package var value: Double
    /// n × D: with respect to the anchors.
    package var anchors: [Float]
    /// m × D: with respect to the candidates.
    package var candidates: [Float]
    /// With respect to α = 1/τ; 0 where no temperature takes part.
    package var inverseTemperature: Double

    /// 0, with derivatives of 0.
    init(for batch: LossBatch) {
        value = 0
        anchors = [Float](repeating: 0, count: batch.anchors.count)
        candidates = [Float](repeating: 0, count: batch.candidates.count)
        inverseTemperature = 0
    }

    /// Adds another loss of the same batch, multiplied by a weight.
    mutating func add(_ other: LossValue, weight: Double) {
        value += weight * other.value
        inverseTemperature += weight * other.inverseTemperature
        for i in anchors.indices { anchors[i] += Float(weight) * other.anchors[i] }
        for i in candidates.indices { candidates[i] += Float(weight) * other.candidates[i] }
    }
}
