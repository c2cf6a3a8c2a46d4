/// Vectors of whole texts, pooled from the rows of their tokens.
package enum PooledVectors {
    /// - Parameters:
    ///   - states: T × H in f32.
    ///   - rows: the rows of each text.
    ///   - skipped: for each text how many of its first rows are left out; see `Pooling.forward`.
    /// - Returns: texts × poolings · H in f32, the poolings side by side.
    package static func of(
        _ states: Variable, rows: [Range<Int>], skipping skipped: [Int], by poolings: [Pooling], in pass: Pass
    ) -> Variable {
        let width = poolings.count * states.columns
        let y = pass.variable(rows: rows.count, columns: width, needsGradient: states.needsGradient)
        y.value.withMutableValues { span in
            for (text, rows) in rows.enumerated() {
                for (part, pooling) in poolings.enumerated() {
                    pooling.forward(
                        states.value, rows: rows, skipping: skipped[text], into: &span,
                        at: text * width + part * states.columns)
                }
            }
        }
        guard y.needsGradient else { return y }
        pass.record {
            y.gradient.withRows(0..<rows.count) { gradient in
                for (text, rows) in rows.enumerated() {
                    for (part, pooling) in poolings.enumerated() {
                        pooling.backward(
                            gradient, at: text * width + part * states.columns, states.value, rows: rows,
                            skipping: skipped[text], addingTo: states.gradient)
                    }
                }
            }
        }
        return y
    }
}
