internal import COneDNN

/// y = dropout(x) + residual: the step that encoders take which normalize before each layer.
/// Xiong et al., "On Layer Normalization in the Transformer Architecture", ICML 2020.
package enum Residual {
    /// - Parameters: T × H each, in f32; the pass's hidden dropout.
    package static func forward(_ x: Variable, plus residual: Variable, in pass: Pass) -> Variable {
        precondition(x.rows == residual.rows && x.columns == residual.columns)
        let y = pass.variable(
            rows: x.rows, columns: x.columns, needsGradient: x.needsGradient || residual.needsGradient)
        let site = pass.nextDropoutSite()
        let (rows, columns) = (Int64(x.rows), Int64(x.columns))
        Dropout.withPlace(pass.dropout, rate: \.hiddenRate, site: site) { dropout in
            odn_residual(
                pass.worker.pointer, x.value.floats, residual.value.floats, rows, columns, dropout, y.value.floats)
        }
        guard y.needsGradient else { return y }
        pass.record {
            Dropout.withPlace(pass.dropout, rate: \.hiddenRate, site: site) { dropout in
                odn_residual_backward(
                    pass.worker.pointer, y.gradient.floats, rows, columns, dropout, x.gradient.floats,
                    residual.gradient.floats)
            }
        }
        return y
    }
}
