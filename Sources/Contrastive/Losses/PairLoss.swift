package import Tensors

/// A loss over the embeddings of a batch: a pure function of them.
package protocol PairLoss: Sendable {
    /// Whether α = 1/τ takes part.
    var usesTemperature: Bool { get }
    /// Whether there has to be a pair with label 1.
    var needsPositives: Bool { get }

    /// - Parameters:
    ///   - batch: embeddings before any scaling to unit length.
    ///   - inverseTemperature: α = 1/τ, above 0.
    ///   - worker: multiplies matrices.
    /// - Returns: the loss, a mean over pairs, and its derivatives.
    func evaluate(
        _ batch: LossBatch, inverseTemperature: Double, with worker: Worker
    ) throws(TensorError) -> LossValue
}
