import CFaiss

/// Collects vectors and makes a `FaissIndex` of them.
///
/// Adding is not safe beside other calls, so the builder has one owner and `finish` ends it.
public struct FaissIndexBuilder: ~Copyable {
    /// The width of the vectors.
    public let dimensions: Int
    /// How many vectors `train` needs before any row is added: at least the lower bound; of more
    /// than the upper one it uses a sample. nil where there is nothing to train.
    public let training: ClosedRange<Int>?
    /// `FaissIndex.generation` of the file that is extended; 0 without one.
    public let generation: UInt64
    private let threads: Int
    /// Owned: created in `init`, destroyed in `deinit` unless `finish` has handed it on.
    private let index: OpaquePointer

    /// - Parameters:
    ///   - dimensions: the width of the vectors, at least 1.
    ///   - factory: FAISS's factory string: "Flat", which searches exactly; "HNSW32", a graph with
    ///     32 neighbours a row, built with an efConstruction of 40; "SQ8" or "PQ48", which keep
    ///     vectors in 1 byte a number or 48 bytes a vector; "IVF1024,Flat", "IVF1024,PQ48", …, which
    ///     search some of 1024 lists; and these after "OPQ48,", "PCA128,", "RR," or "L2norm,".
    ///   - capacity: how many rows to make room for, so that adding them does not copy.
    ///   - threads: how many OpenMP threads training and adding may use; nil for the number of
    ///     processors. On more than one, a graph comes out different each time.
    /// - Throws: `FaissError` when a parameter is out of range or memory runs out.
    public init(
        dimensions: Int, factory: String = "Flat", capacity: Int = 0, threads: Int? = nil
    ) throws(FaissError) {
        let width = Int32(clamping: dimensions)
        guard Int(width) == dimensions else {
            throw FaissError(
                .invalidArgument, operation: "create",
                message: "vectors cannot have \(dimensions) dimensions")
        }
        var created: OpaquePointer?
        var training = cfaiss_training()
        try callFaiss("create") { error in
            cfaiss_create(width, factory, &created, &training, error)
        }
        guard let created else {
            throw FaissError(.library, operation: "create", message: "no index was made")
        }
        do throws(FaissError) {
            try callFaiss("create") { error in cfaiss_reserve(created, Int64(capacity), error) }
        } catch {
            cfaiss_destroy(created)
            throw error
        }
        self.dimensions = dimensions
        self.training =
            training.least > 0 ? Int(training.least)...Int(max(training.least, training.most)) : nil
        self.threads = FaissIndex.threads(threads)
        generation = 0
        index = created
    }

    /// Reads a whole index into memory, to add rows to it. The file stays as it is.
    ///
    /// - Parameters:
    ///   - path: as for `FaissIndex.init(contentsOf:)`.
    ///   - threads: how many OpenMP threads adding may use; nil for the number of processors.
    /// - Throws: `FaissError` with the path.
    public init(extending path: String, threads: Int? = nil) throws(FaissError) {
        (index, generation) = try FaissIndex.open(path, threads: threads, grow: true)
        dimensions = Int(cfaiss_dimensions(index))
        training = nil
        self.threads = FaissIndex.threads(threads)
    }

    deinit {
        cfaiss_destroy(index)
    }

    /// The number of rows added so far.
    public var count: Int { Int(cfaiss_count(index)) }

    /// Learns from vectors like those that will be added: centres of lists, rotations, codes.
    ///
    /// - Parameter vectors: n × `dimensions`, row-major, every value finite, in a random order; n in
    ///   `training`.
    /// - Throws: `FaissError` when there are too few, when one is unfit, or when training needs a
    ///   library that is not installed, which it names.
    public mutating func train(_ vectors: Span<Float>) throws(FaissError) {
        try pass(vectors, "train", cfaiss_train)
    }

    /// Appends rows, which get the numbers from `count` on.
    ///
    /// - Parameter vectors: n × `dimensions`, row-major, every value finite. A graph is built on
    ///   many threads best with many rows at once.
    /// - Throws: `FaissError` when a row is cut short, or is so large or not finite that scores
    ///   would not be finite, or when the index has not been trained; nothing is added then.
    public mutating func add(_ vectors: Span<Float>) throws(FaissError) {
        try pass(vectors, "add", cfaiss_add)
    }

    private func pass(
        _ vectors: Span<Float>, _ operation: String,
        _ function: (
            OpaquePointer, Int64, UnsafePointer<Float>, UnsafeMutablePointer<cfaiss_error>
        ) -> cfaiss_code
    ) throws(FaissError) {
        try checkRows(vectors, dimensions: dimensions, operation: operation)
        cfaiss_set_threads(Int32(clamping: threads))
        try vectors.withUnsafeBufferPointer { (buffer) throws(FaissError) in
            guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
            let rows = Int64(buffer.count / dimensions)
            // FAISS reads the rows during the call.
            try callFaiss(operation) { error in function(index, rows, base, error) }
        }
    }

    /// Ends the building.
    ///
    /// - Parameter threads: see `FaissIndex.threads`.
    public consuming func finish(threads: Int? = nil) -> FaissIndex {
        let result = FaissIndex(adopting: index, threads: threads)
        discard self
        return result
    }
}
