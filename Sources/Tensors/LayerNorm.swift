internal import COneDNN

/// Layer normalization: each row to mean 0 and variance 1, then scaled and shifted.
/// Ba, Kiros and Hinton, "Layer Normalization", 2016; the variance is the biased one.
package struct LayerNorm: Sendable {
    let weight: Parameter
    let bias: Parameter
    let epsilon: Float

    /// One without a bias: 0, and not trained.
    package init(weight: Parameter, epsilon: Float) {
        self.init(
            weight: weight, bias: Parameter(shape: weight.shape, [Float](repeating: 0, count: weight.count)),
            epsilon: epsilon)
    }

    package init(weight: Parameter, bias: Parameter, epsilon: Float) {
        precondition(weight.shape.count == 1 && bias.shape == weight.shape)
        self.weight = weight
        self.bias = bias
        self.epsilon = epsilon
    }

    /// y = LayerNorm(dropout(x) + residual), all T × H; the pass's hidden dropout.
    package func forward(
        _ x: Variable, plus residual: Variable, in pass: Pass
    ) throws(TensorError) -> Variable {
        try forward(x, residual, pass.dropout, in: pass)
    }

    /// y = LayerNorm(x), both T × H.
    package func forward(_ x: Variable, in pass: Pass) throws(TensorError) -> Variable {
        try forward(x, nil, nil, in: pass)
    }

    private func forward(
        _ x: Variable, _ residual: Variable?, _ dropout: Dropout?, in pass: Pass
    ) throws(TensorError) -> Variable {
        precondition(x.columns == weight.count)
        precondition(residual.map { $0.columns == x.columns && $0.rows == x.rows } ?? true)
        let y = pass.residual(
            rows: x.rows, columns: x.columns, needsGradient: x.needsGradient)
        let kept = y.needsGradient ? Kept(pass, rows: x.rows, columns: x.columns) : nil
        let site = pass.nextDropoutSite()
        let (rows, columns) = (Int64(x.rows), Int64(x.columns))
        let done = Dropout.withPlace(dropout, rate: \.hiddenRate, site: site) { dropout in
            odn_layer_norm(
                pass.worker.pointer, x.value.floats, residual?.value.floats, weight.pointer,
                bias.pointer, epsilon, rows, columns, dropout, y.value.floats, y.rounded?.halves,
                kept?.normalized.floats, kept?.inverse.floats)
        }
        guard done else { throw TensorError("layer norm", reason: "out of memory") }
        guard let kept else { return y }
        pass.record { () throws(TensorError) in
            let done = Dropout.withPlace(dropout, rate: \.hiddenRate, site: site) { dropout in
                odn_layer_norm_backward(
                    pass.worker.pointer, y.gradient.floats, kept.normalized.floats,
                    kept.inverse.floats, weight.pointer, rows, columns, dropout, x.gradient.floats,
                    residual.flatMap { $0.needsGradient ? $0.gradient.floats : nil }, weight.gradient, bias.gradient)
            }
            guard done else { throw TensorError("layer norm", reason: "out of memory") }
        }
        return y
    }

    /// What the way back needs: the normalized rows, and the inverse of each row's standard
    /// deviation.
    struct Kept {
        let normalized: Tensor
        let inverse: Tensor

        init(_ pass: Pass, rows: Int, columns: Int) {
            normalized = pass.tensor(rows: rows, columns: columns)
            inverse = pass.tensor(rows: rows, columns: 1)
        }
    }
}
