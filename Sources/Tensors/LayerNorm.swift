internal import COneDNN

/// Layer normalization: each row to mean 0 and variance 1, then scaled and shifted.
/// Ba, Kiros and Hinton, "Layer Normalization", 2016; the variance is the biased one.
package struct LayerNorm: Sendable {
    let weight: Parameter
    let bias: Parameter
    let epsilon: Float

    package init(weight: Parameter, bias: Parameter, epsilon: Float) {
        precondition(weight.shape.count == 1 && bias.shape == weight.shape)
        self.weight = weight
        self.bias = bias
        self.epsilon = epsilon
    }

    /// y = LayerNorm(x + residual), all T × H.
    ///
    /// - Parameter rounded: receives y in bf16 as well. y may be x or residual.
    package func forward(
        _ x: Tensor, plus residual: Tensor? = nil, into y: Tensor, rounded: Tensor? = nil,
        with worker: Worker
    ) {
        precondition(x.columns == weight.count && y.columns == x.columns && y.rows == x.rows)
        precondition(residual.map { $0.columns == x.columns && $0.rows == x.rows } ?? true)
        precondition(rounded.map { $0.columns == x.columns && $0.rows == x.rows } ?? true)
        odn_layer_norm(
            worker.pointer, x.floats, residual?.floats, weight.pointer, bias.pointer, epsilon,
            Int64(x.rows), Int64(x.columns), y.floats, rounded?.halves)
    }
}
