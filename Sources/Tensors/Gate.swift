internal import COneDNN

/// y = a ∘ b: a gated linear unit's second step. Shazeer, "GLU Variants Improve Transformer", 2020.
package enum Gate {
    /// - Parameters: T × N each, in f32.
    /// - Returns: T × N in the precision of the pass's matrix products.
    package static func forward(_ a: Variable, _ b: Variable, in pass: Pass) -> Variable {
        precondition(a.rows == b.rows && a.columns == b.columns)
        let needsGradient = a.needsGradient || b.needsGradient
        let (rows, columns) = (Int64(a.rows), Int64(a.columns))
        let y = pass.variable(
            rows: a.rows, columns: a.columns, precision: pass.precision, needsGradient: needsGradient)
        // Computed in f32, whatever it is rounded to.
        let whole = pass.precision == .f32 ? y.value : pass.tensor(rows: a.rows, columns: a.columns)
        odn_multiply(
            pass.worker.pointer, a.value.floats, b.value.floats, rows, columns, whole.floats,
            pass.precision == .f32 ? nil : y.value.halves)
        guard y.needsGradient else { return y }
        pass.record {
            odn_multiply_backward(
                pass.worker.pointer, y.gradient.floats, a.value.floats, b.value.floats, rows, columns,
                a.gradient.floats, b.gradient.floats)
        }
        return y
    }
}
