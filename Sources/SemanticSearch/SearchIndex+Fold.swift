internal import EmbeddingStore
internal import VectorIndex

extension SearchIndex {
    /// Takes the vectors that wait beside the FAISS file into it, when there are so many that they
    /// slow searches down.
    ///
    /// They are folded in when they are more than 256 and more than 1/256 of the file's rows. So
    /// scanning them costs a search no more than embedding its query does, up to a million rows;
    /// and the file, which is written whole, is written at most once for every 256th part that is
    /// added: 400 KB for an added vector of 384 numbers, however large the index.
    ///
    /// The file is extended, its kind stays: a graph grows, lists get further rows by the centres
    /// that they have. When more than half of its rows are dead, and more than 256, it is made anew,
    /// as by `compact`, unless its kind has to be trained.
    ///
    /// Call it after `add`, once the addition is acknowledged: it takes as long as writing the file
    /// does. It uses half of the processors, and searches, additions and removals go on meanwhile,
    /// so a server calls it in the background. Killed at any moment it leaves the index as it was.
    ///
    /// - Parameter patience: how long to wait for other writers.
    /// - Returns: the new generation; nil when folding is not due, or others are about it.
    /// - Throws: what the store or FAISS throws; nothing is changed then.
    @discardableResult
    public func foldIfNeeded(patience: Duration = .seconds(10)) throws -> IndexManifest? {
        guard try Folding(counts(), manifest).isDue else { return nil }
        do {
            return try renewVectorFile(patience: patience) { former, reader in
                let folding = Folding(try reader.counts(), former)
                guard folding.isDue else { return nil }
                var plan = VectorFilePlan(rows: [], former)
                plan.threads = max(1, FaissIndex.threads(nil) / 2)
                if folding.makesFileAnew {
                    plan.rows = try reader.vectorsInUse()
                } else {
                    plan.rows = try reader.rowVectors()
                    plan.kept = plan.rows.count
                    try reader.forEachPendingVector { plan.rows.append($0) }
                }
                return plan
            }
        } catch let error as IndexError {
            guard error.kind == .busy else { throw error }
            return nil
        }
    }
}

/// When to fold, and how.
private struct Folding {
    let counts: StoreCounts
    let manifest: IndexManifest

    init(_ counts: StoreCounts, _ manifest: IndexManifest) {
        self.counts = counts
        self.manifest = manifest
    }

    private static let leastPending = 256
    private static let rowsPerPending = 256

    var isDue: Bool {
        counts.pending > max(Self.leastPending, counts.rows / Self.rowsPerPending)
            || makesFileAnew
    }

    var makesFileAnew: Bool {
        counts.tombstones > max(Self.leastPending, counts.rows / 2)
            && !IndexKind.isTrained(manifest.factory)
    }
}
