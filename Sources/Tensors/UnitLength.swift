/// Scaling to Euclidean length 1.
package enum UnitLength {
    /// x ← x / max(‖x‖, 1e-12), as PyTorch's `normalize` and so sentence-transformers' `Normalize`.
    ///
    /// The squares are summed in double precision, in order.
    ///
    /// - Returns: what x was multiplied with.
    @discardableResult
    package static func forward(_ x: inout MutableSpan<Float>) -> Float {
        var squares = 0.0
        for i in 0..<x.count { squares += Double(x[i]) * Double(x[i]) }
        let scale = Float(1 / Swift.max(squares.squareRoot(), 1e-12))
        for i in 0..<x.count { x[i] *= scale }
        return scale
    }

    /// dx = (dy − y · (y · dy)) · scale, for the y and the scale that `forward` gave.
    ///
    /// - Parameter gradient: dy, and afterwards dx.
    package static func backward(
        y: Span<Float>, scale: Float, gradient: inout MutableSpan<Float>
    ) {
        var product = 0.0
        for i in 0..<y.count { product += Double(y[i]) * Double(gradient[i]) }
        for i in 0..<y.count { gradient[i] = (gradient[i] - y[i] * Float(product)) * scale }
    }
}
