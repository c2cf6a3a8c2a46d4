internal import EmbeddingStore

extension SearchIndex {
    /// Makes the FAISS file anew from the documents that there are, so that no row is dead and none
    /// is missing, and removes vectors that no document uses.
    ///
    /// Searches, additions and removals go on meanwhile; searches change over to the new generation
    /// when it is whole.
    ///
    /// - Parameters:
    ///   - factory: FAISS's factory string; nil for the kind that suits the number of vectors where
    ///     Kotae has chosen the one that there is, which otherwise stays.
    ///   - patience: how long to wait for other writers.
    /// - Throws: `IndexError`, or what the store or FAISS throws; nothing is changed then.
    @discardableResult
    public func compact(
        factory: String? = nil, patience: Duration = .seconds(10)
    ) throws -> IndexManifest {
        if let factory {
            try IndexKind.check(factory, dimensions: store.dimensions, path: path)
        }
        // Each time, a build or a folding has come to its end in between.
        for _ in 0..<3 {
            let manifest = try renewVectorFile(patience: patience) { former, reader in
                var plan = VectorFilePlan(rows: try reader.vectorsInUse(), former)
                if let factory {
                    plan.factory = factory
                    plan.factoryIsChosen = false
                } else if former.factoryIsChosen {
                    plan.factory = IndexKind.factory(forVectors: plan.rows.count)
                }
                return plan
            }
            if let manifest { return manifest }
        }
        throw IndexError(.busy, path, "the index is built anew by others again and again; try again later")
    }
}
