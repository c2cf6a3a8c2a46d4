/// Scaling to Euclidean length 1.
package enum UnitLength {
    /// x ← x / max(‖x‖, 1e-12), as PyTorch's `normalize` and so sentence-transformers' `Normalize`.
    ///
    /// The squares are summed in double precision, in order.
    package static func forward(_ x: inout MutableSpan<Float>) {
        var squares = 0.0
        for i in 0..<x.count { squares += Double(x[i]) * Double(x[i]) }
        let scale = Float(1 / Swift.max(squares.squareRoot(), 1e-12))
        for i in 0..<x.count { x[i] *= scale }
    }
}
