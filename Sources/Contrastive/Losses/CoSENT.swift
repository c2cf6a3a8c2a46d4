internal import Foundation
package import Tensors

/// log(1 + Σ exp(α · (cos_j − cos_i))) over all i, j with s_i > s_j: cosines in the order of scores.
///
/// Su Jianlin, "CoSENT", 2022 (https://kexue.fm/archives/8847); sentence-transformers' `CoSENTLoss`,
/// whose scale of 20 is τ = 0.05.
package struct CoSENT: PairLoss {
    package var usesTemperature: Bool { true }
    package var needsPositives: Bool { false }

    package init() {}

    package func evaluate(
        _ batch: LossBatch, inverseTemperature: Double, with worker: Worker
    ) throws(TensorError) -> LossValue {
        var result = LossValue(for: batch)
        let cosines = PairCosines(batch)
        let n = batch.pairs
        var largest = 0.0
        func forEachOrdered(_ body: (Int, Int, Double) -> Void) {
            for i in 0..<n {
                for j in 0..<n where batch.scores[i] > batch.scores[j] {
                    body(i, j, cosines.values[j] - cosines.values[i])
                }
            }
        }
        forEachOrdered { largest = max(largest, inverseTemperature * $2) }
        var total = exp(-largest)
        forEachOrdered { total += exp(inverseTemperature * $2 - largest) }
        result.value = largest + log(total)
        var gradient = [Double](repeating: 0, count: n)
        var ofTemperature = 0.0
        forEachOrdered { i, j, difference in
            let weight = exp(inverseTemperature * difference - largest) / total
            gradient[j] += inverseTemperature * weight
            gradient[i] -= inverseTemperature * weight
            ofTemperature += weight * difference
        }
        result.inverseTemperature = ofTemperature
        cosines.backward(gradient, into: &result)
        return result
    }
}
