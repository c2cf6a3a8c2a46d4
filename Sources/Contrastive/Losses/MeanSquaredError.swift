package import Tensors

/// (1/n) Σ (cos(a_i, b_i) − s_i)², with s the pairs' scores.
///
/// The paper's baseline for regression (Chernyavskiy et al. 2022, section 4) and
/// sentence-transformers' `CosineSimilarityLoss`.
package struct MeanSquaredError: PairLoss {
    package var usesTemperature: Bool { false }
    package var needsPositives: Bool { false }

    package init() {}

    package func evaluate(
        _ batch: LossBatch, inverseTemperature: Double, with worker: Worker
    ) throws(TensorError) -> LossValue {
        var result = LossValue(for: batch)
        guard batch.pairs > 0 else { return result }
        let cosines = PairCosines(batch)
        let n = Double(batch.pairs)
        let differences = zip(cosines.values, batch.scores).map { $0 - Double($1) }
        result.value = differences.reduce(0) { $0 + $1 * $1 } / n
        cosines.backward(differences.map { 2 * $0 / n }, into: &result)
        return result
    }
}
