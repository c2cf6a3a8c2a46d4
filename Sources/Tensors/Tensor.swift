internal import COneDNN

/// A row-major matrix, `rows` × `columns`, of f32 or bf16 numbers: the activations of one batch.
///
/// Its memory starts on a cache line, begins as zeros and has room for the rows up to which matrix
/// products are padded (`odn_padded_rows`). Not `Sendable`: it belongs to the worker that made it.
package final class Tensor {
    package private(set) var rows: Int
    package let columns: Int
    package let precision: Precision
    private var memory: UnsafeMutableRawBufferPointer

    package init(rows: Int, columns: Int, precision: Precision = .f32) {
        self.rows = rows
        self.columns = columns
        self.precision = precision
        memory = Self.allocate(Self.bytes(rows, columns, precision))
    }

    deinit { memory.deallocate() }

    /// Changes the number of rows. What stood in them is lost when memory has to grow.
    package func resize(rows: Int) {
        let bytes = Self.bytes(rows, columns, precision)
        if bytes > memory.count {
            memory.deallocate()
            memory = Self.allocate(bytes)
        }
        self.rows = rows
    }

    private static func bytes(_ rows: Int, _ columns: Int, _ precision: Precision) -> Int {
        Int(odn_padded_rows(Int64(rows))) * columns * precision.size
    }

    private static func allocate(_ bytes: Int) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes, 64), alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        return memory
    }

    /// The matrix, for the operations of this module; valid while the tensor lives and keeps its
    /// size.
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
