package import Tensors

/// (1/t) Σ max(0, cos(a, n) − cos(a, p) + margin) over t triplets: the triplet loss on cosine
/// distance, as sentence-transformers' `TripletLoss(distance_metric=COSINE, triplet_margin=margin)`.
///
/// A pair's triplets are those with its own hard negatives that are not excluded for it; a pair without
/// any takes the next right side of the batch that is not. Labelled negatives have no triplet.
/// Schroff, Kalenichenko and Philbin, "FaceNet", CVPR 2015, section 3.1.
package struct TripletMargin: PairLoss {
    package let margin: Double
    package var usesTemperature: Bool { false }
    package var needsPositives: Bool { true }

    package init(margin: Double = 0.3) { self.margin = margin }

    package func evaluate(
        _ batch: LossBatch, inverseTemperature: Double, with worker: Worker
    ) throws(TensorError) -> LossValue {
        var result = LossValue(for: batch)
        let triplets = self.triplets(of: batch)
        guard !triplets.isEmpty else { return result }
        let d = batch.dimensions
        let anchors = NormalizedRows(batch.anchors, dimensions: d, .unit)
        let candidates = NormalizedRows(batch.candidates, dimensions: d, .unit)
        func cosine(_ row: Int, _ column: Int) -> Double {
            (0..<d).reduce(0) {
                $0 + Double(anchors.values[row * d + $1]) * Double(candidates.values[column * d + $1])
            }
        }
        let weight = 1 / Float(triplets.count)
        for (pair, negative) in triplets {
            let violation = cosine(pair, negative) - cosine(pair, pair) + margin
            guard violation > 0 else { continue }
            result.value += violation / Double(triplets.count)
            for i in 0..<d {
                let (a, p, n) = (pair * d + i, pair * d + i, negative * d + i)
                result.anchors[a] += weight * (candidates.values[n] - candidates.values[p])
                result.candidates[n] += weight * anchors.values[a]
                result.candidates[p] -= weight * anchors.values[a]
            }
        }
        anchors.backward(&result.anchors)
        candidates.backward(&result.candidates)
        return result
    }

    private func triplets(of batch: LossBatch) -> [(pair: Int, negative: Int)] {
        var triplets: [(pair: Int, negative: Int)] = []
        for pair in 0..<batch.pairs where batch.labels[pair] != 0 {
            let excluded = batch.excluded[pair]
            let hard = batch.hardNegatives[pair].filter { !excluded.contains($0) }
            triplets += hard.map { (pair, $0) }
            if hard.isEmpty {
                let others = (1..<max(batch.pairs, 1)).lazy.map { (pair + $0) % batch.pairs }
                if let other = others.first(where: { !excluded.contains($0) }) {
                    triplets.append((pair, other))
                }
            }
        }
        return triplets
    }
}
