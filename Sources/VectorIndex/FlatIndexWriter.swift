import CFaiss

/// Writes the file of an exact ("Flat") index row after row, without holding the rows in memory.
///
/// A writer that is dropped before `finish` leaves an incomplete file, which no reader takes.
public struct FlatIndexWriter: ~Copyable {
    /// The width of the vectors.
    public let dimensions: Int
    /// The number of rows added so far.
    public private(set) var count = 0
    private let path: String
    /// Owned: created in `init`, destroyed in `deinit`.
    private let writer: OpaquePointer

    /// - Parameters:
    ///   - path: of a file that is replaced at once: give a temporary one and rename it afterwards.
    ///   - dimensions: the width of the vectors, at least 1.
    ///   - lasting: whether the file is to outlast a loss of power once it is finished.
    /// - Throws: `FaissError` with the path.
    public init(path: String, dimensions: Int, lasting: Bool = true) throws(FaissError) {
        let width = Int32(clamping: dimensions)
        var created: OpaquePointer?
        try callFaiss("write", path: path) { error in
            cfaiss_flat_writer_create(path, width, lasting, &created, error)
        }
        guard let created else {
            throw FaissError(.library, operation: "write", path: path, message: "no file was made")
        }
        self.dimensions = dimensions
        self.path = path
        writer = created
    }

    deinit {
        cfaiss_flat_writer_destroy(writer)
    }

    /// Appends rows, which get the numbers from `count` on.
    ///
    /// - Parameter vectors: n × `dimensions`, row-major, every value finite.
    /// - Throws: `FaissError` when a row is unfit, and nothing is added then; or when the disk is
    ///   full, and the file is of no use then.
    public mutating func add(_ vectors: Span<Float>) throws(FaissError) {
        try checkRows(vectors, dimensions: dimensions, operation: "add")
        let rows = vectors.count / dimensions
        try vectors.withUnsafeBufferPointer { (buffer) throws(FaissError) in
            guard let base = buffer.baseAddress, rows > 0 else { return }
            // The rows are read during the call.
            try callFaiss("write", path: path) { error in
                cfaiss_flat_writer_add(writer, Int64(rows), base, error)
            }
        }
        count += rows
    }

    /// Completes the file, and waits until one that is to last is on the disk. The folder is not
    /// flushed.
    ///
    /// - Parameter generation: see `FaissIndex.generation`.
    public consuming func finish(generation: UInt64 = 0) throws(FaissError) {
        try callFaiss("write", path: path) { error in
            cfaiss_flat_writer_finish(writer, generation, error)
        }
    }
}
