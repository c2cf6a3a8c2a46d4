internal import EmbeddingStore
internal import VectorIndex

extension SearchIndex {
    /// Takes the vectors that wait beside the FAISS file into it, when there are so many that they
    /// slow searches down.
    ///
    /// `FoldingRule` says when. The file is extended, its kind stays: a graph grows, lists get further
    /// rows by the centres that they have. When most of its rows are dead it is made anew, as by
    /// `compact`.
    ///
    /// Call it after `add`, once the addition is acknowledged: it takes as long as writing the file
    /// does, and the memory of a graph, or, for kinds that are neither "Flat" nor a graph over such
    /// rows, what FAISS holds. It uses half of the processors, and searches, additions and removals go
    /// on meanwhile, so a server calls it in the background. Killed at any moment it leaves the index
    /// as it was.
    ///
    /// - Parameter patience: how long to wait for other writers.
    /// - Returns: the new generation; nil when folding is not due, or others are about it.
    /// - Throws: what the store or FAISS throws; nothing is changed then.
    @discardableResult
    public func foldIfNeeded(patience: Duration = .seconds(10)) throws -> IndexManifest? {
        guard try FoldingRule(counts(), factory: manifest.factory).isDue else { return nil }
        do {
            return try renewVectorFile(patience: patience) { former, reader in
                let rule = FoldingRule(try reader.counts(), factory: former.factory)
                guard rule.isDue else { return nil }
                var plan = VectorFilePlan(rows: [], former)
                plan.threads = max(1, FaissIndex.threads(nil) / 2)
                if rule.makesFileAnew {
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
