internal import COneDNN

/// A row-major matrix, `rows` × `columns`, of f32 or bf16 numbers: the activations of one batch.
///
/// Its memory starts on a cache line and has room for the rows up to which matrix products are
/// padded (`odn_padded_rows`). Not `Sendable`: it belongs to the worker that made it.
package final class Tensor {
    package let rows: Int
    package let columns: Int
    package let precision: Precision
    private let memory: UnsafeMutableRawBufferPointer
    /// Where the memory goes afterwards.
    private let pool: MemoryPool?

    /// A matrix of zeros with memory of its own.
    package convenience init(rows: Int, columns: Int, precision: Precision = .f32) {
        self.init(rows: rows, columns: columns, precision: precision, pool: nil)
    }

    /// A matrix in memory of a pool, with whatever was left there.
    init(rows: Int, columns: Int, precision: Precision, pool: MemoryPool?) {
        precondition(rows >= 0 && columns >= 0)
        self.rows = rows
        self.columns = columns
        self.precision = precision
        self.pool = pool
        let bytes = Int(odn_padded_rows(Int64(rows))) * columns * precision.size
        memory = (pool ?? MemoryPool()).take(bytes)
    }

    deinit {
        if let pool { pool.give(memory) } else { memory.deallocate() }
    }

    /// The matrix, for the operations of this module; valid while the tensor lives.
    var pointer: UnsafeMutableRawPointer {
        // The buffer is never empty, so it has an address.
        memory.baseAddress.unsafelyUnwrapped
    }

    var floats: UnsafeMutablePointer<Float> {
        precondition(precision == .f32)
        return pointer.assumingMemoryBound(to: Float.self)
    }

    var halves: UnsafeMutablePointer<UInt16> {
        precondition(precision == .bf16)
        return pointer.assumingMemoryBound(to: UInt16.self)
    }

    /// Sets every number to 0.
    func clear() {
        pointer.initializeMemory(as: UInt8.self, repeating: 0, count: rows * columns * precision.size)
    }

    /// Lends row `row` of an f32 matrix.
    package func withRow<R>(_ row: Int, _ body: (Span<Float>) throws -> R) rethrows -> R {
        precondition(row >= 0 && row < rows)
        let start = UnsafeBufferPointer(start: floats + row * columns, count: columns)
        return try body(start.span)
    }

    /// Lends the rows `range` of an f32 matrix, side by side.
    package func withRows<R>(_ range: Range<Int>, _ body: (Span<Float>) throws -> R) rethrows -> R {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows)
        let start = UnsafeBufferPointer(
            start: floats + range.lowerBound * columns, count: range.count * columns)
        return try body(start.span)
    }

    /// Lends the whole f32 matrix for writing.
    package func withMutableValues<R>(
        _ body: (inout MutableSpan<Float>) throws -> R
    ) rethrows -> R {
        var span = UnsafeMutableBufferPointer(start: floats, count: rows * columns).mutableSpan
        return try body(&span)
    }
}
