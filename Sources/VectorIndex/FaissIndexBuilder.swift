import CFaiss

/// Collects vectors and makes a `FaissIndex` of them.
///
/// Adding is not safe beside other calls, so the builder has one owner and `finish` ends it.
public struct FaissIndexBuilder: ~Copyable {
    /// The width of the vectors.
    public let dimensions: Int
    /// Owned: created in `init`, destroyed in `deinit` unless `finish` has handed it on.
    private let index: OpaquePointer
    private var largestNorm: Float = 0

    /// - Parameters:
    ///   - dimensions: the width of the vectors, at least 1.
    ///   - factory: FAISS's factory string; "Flat", which searches exactly, is the one kind so far.
    ///   - capacity: how many rows to make room for, so that adding them does not copy.
    /// - Throws: `FaissError` when a parameter is out of range or memory runs out.
    public init(
        dimensions: Int, factory: String = "Flat", capacity: Int = 0
    ) throws(FaissError) {
        guard let width = Int32(exactly: dimensions) else {
            throw FaissError(
                .invalidArgument, operation: "create",
                message: "vectors cannot have \(dimensions) dimensions")
        }
        var created: OpaquePointer?
        try callFaiss("create") { error in cfaiss_create(width, factory, &created, error) }
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
        index = created
    }

    deinit {
        cfaiss_destroy(index)
    }

    /// The number of rows added so far.
    public var count: Int { Int(cfaiss_count(index)) }

    /// Appends rows, which get the numbers from `count` on.
    ///
    /// - Parameter vectors: n × `dimensions`, row-major, every value finite.
    /// - Throws: `FaissError` when a row is cut short, or is so large or not finite that scores
    ///   would not be finite; nothing is added then.
    public mutating func add(_ vectors: Span<Float>) throws(FaissError) {
        let norms = try VectorNorms(of: vectors, dimensions: dimensions, operation: "add")
        try vectors.withUnsafeBufferPointer { (buffer) throws(FaissError) in
            guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
            let rows = Int64(buffer.count / dimensions)
            // FAISS copies the rows during the call.
            try callFaiss("add") { error in cfaiss_add(index, rows, base, error) }
        }
        largestNorm = max(largestNorm, norms.largest)
    }

    /// Ends the building.
    ///
    /// - Parameter threads: see `FaissIndex.threads`.
    public consuming func finish(threads: Int? = nil) -> FaissIndex {
        let result = FaissIndex(adopting: index, largestNorm: largestNorm, threads: threads)
        discard self
        return result
    }
}
