internal import COneDNN

/// Products of two matrices that both change, as losses and clustering need them.
package enum MatrixProduct {
    /// c = alpha · op(a) · op(b) + beta · c, row-major, where op transposes if asked.
    ///
    /// - Parameters:
    ///   - a: m × k numbers, or k × m when transposed.
    ///   - b: k × n numbers, or n × k when transposed.
    ///   - c: m × n numbers.
    package static func add(
        _ a: Span<Float>, transposingA: Bool = false, _ b: Span<Float>, transposingB: Bool = false,
        m: Int, n: Int, k: Int, alpha: Float = 1, beta: Float = 0, to c: inout MutableSpan<Float>,
        with worker: Worker
    ) throws(TensorError) {
        precondition(a.count == m * k && b.count == k * n && c.count == m * n)
        guard m > 0, n > 0 else { return }
        var error = odn_error()
        let done = a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                c.withUnsafeMutableBufferPointer { c in
                    odn_product(
                        worker.pointer, transposingA, transposingB, Int64(m), Int64(n), Int64(k),
                        alpha, a.baseAddress, b.baseAddress, beta, c.baseAddress, &error)
                }
            }
        }
        guard done else { throw TensorError("a matrix product", error) }
    }
}
