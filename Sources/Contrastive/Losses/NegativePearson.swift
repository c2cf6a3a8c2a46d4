package import Tensors

/// −r(cos(a_i, b_i), s_i): the negative Pearson correlation of cosines and scores over the batch.
///
/// Stands in for the mean squared error in the paper's combined loss (Chernyavskiy et al. 2022,
/// section 3). 0 where either side has no spread.
package struct NegativePearson: PairLoss {
    package var usesTemperature: Bool { false }
    package var needsPositives: Bool { false }

    package init() {}

    package func evaluate(
        _ batch: LossBatch, inverseTemperature: Double, with worker: Worker
    ) throws(TensorError) -> LossValue {
        var result = LossValue(for: batch)
        let cosines = PairCosines(batch)
        let x = centred(cosines.values)
        let y = centred(batch.scores.map(Double.init))
        let (lengthX, lengthY) = (length(x), length(y))
        guard lengthX > 1e-12, lengthY > 1e-12 else { return result }
        let r = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } / (lengthX * lengthY)
        result.value = -r
        // dr/dx_i = (y_i / |y| − r · x_i / |x|) / |x|; centring changes nothing, for both sum to 0.
        cosines.backward(
            zip(x, y).map { x, y in -(y / lengthY - r * x / lengthX) / lengthX }, into: &result)
        return result
    }

    private func centred(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(max(values.count, 1))
        return values.map { $0 - mean }
    }

    private func length(_ values: [Double]) -> Double {
        values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
