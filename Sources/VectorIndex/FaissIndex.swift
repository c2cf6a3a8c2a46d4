import CFaiss

/// An index that FAISS has built, in memory or in a file, searched by inner product; immutable.
///
/// A query gets the same rows, in the same order and with the same scores to the last bit, whether
/// it is searched alone or in a batch, and however many threads run.
public final class FaissIndex: VectorIndex, @unchecked Sendable {
    // Sendable: the C interface searches a constant index on many threads at once, and nothing
    // changes it after `init`.

    public let dimensions: Int
    public let count: Int
    /// How many OpenMP threads one search may use, at least 1.
    ///
    /// A thread that calls `search` gets a pool of this size of its own, so a server that searches
    /// on many threads wants 1.
    public let threads: Int

    /// A number that `write(to:generation:)` has put behind FAISS's own bytes, for telling which
    /// state of its source an index was made from; 0 where there is none.
    public let generation: UInt64

    /// Owned: destroyed in `deinit`.
    let index: OpaquePointer
    /// The file that is searched where it lies, to be named when it turns out to be damaged.
    let path: String?

    /// The release of FAISS, for example "1.7.3".
    public static var version: String { String(cString: cfaiss_version()) }

    /// Takes over `index`, which nothing else may use from here on.
    ///
    /// - Parameter threads: nil for the number of processors.
    init(
        adopting index: OpaquePointer, threads: Int?, generation: UInt64 = 0, path: String? = nil
    ) {
        self.index = index
        self.generation = generation
        self.path = path
        self.threads = Self.threads(threads)
        dimensions = Int(cfaiss_dimensions(index))
        count = Int(cfaiss_count(index))
    }

    /// - Parameter count: nil for the number of processors.
    package static func threads(_ count: Int?) -> Int {
        max(count ?? Int(cfaiss_processor_count()), 1)
    }

    deinit {
        cfaiss_destroy(index)
    }
}
