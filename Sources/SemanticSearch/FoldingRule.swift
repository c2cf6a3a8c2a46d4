package import EmbeddingStore

/// When the vectors that wait beside the FAISS file are folded into it.
///
/// When they are more than 256 and more than 1/256 of the file's rows. So an exact search, which scans
/// the file as well, has at most 1/256 more to scan once the file has 65,536 rows; and the file, which is
/// written whole, is written once for every 256th part that is added: 400 KB for an added vector of 384
/// numbers, however large the index.
package struct FoldingRule {
    private let counts: StoreCounts
    private let factory: String

    /// - Parameter factory: FAISS's factory string of the file.
    package init(_ counts: StoreCounts, factory: String) {
        self.counts = counts
        self.factory = factory
    }

    private static let leastPending = 256
    private static let rowsPerPending = 256

    /// Whether there is something to do.
    package var isDue: Bool {
        counts.pending > max(Self.leastPending, counts.rows / Self.rowsPerPending) || makesFileAnew
    }

    /// Whether the file is to be made anew: when more than half of its rows are dead, and more than
    /// 256, unless its kind has to be trained, for which there may be too few vectors.
    package var makesFileAnew: Bool {
        counts.tombstones > max(Self.leastPending, counts.rows / 2) && !IndexKind.isTrained(factory)
    }
}
