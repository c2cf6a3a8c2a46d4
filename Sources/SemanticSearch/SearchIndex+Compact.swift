internal import EmbeddingStore
internal import FoundationEssentials
internal import Glibc

extension SearchIndex {
    /// Makes the FAISS file anew from the documents that there are, so that no row is dead and none
    /// is missing, and removes vectors that no document uses.
    ///
    /// Searches go on meanwhile, and change over to the new generation when it is whole.
    ///
    /// - Parameters:
    ///   - factory: FAISS's factory string; nil for the kind that suits the number of vectors,
    ///     unless the index is of another kind than that rule gives, which then stays.
    /// - Throws: `IndexError`, or what the store or FAISS throws; nothing is changed then.
    @discardableResult
    public func compact(
        factory: String? = nil, patience: Duration = .seconds(10)
    ) throws -> IndexManifest {
        try WriterLock(folder: folder).hold(patience: patience) {
            try folder.finishInterruptedWriter(store)
            let (former, keys) = try withSnapshot { state, reader in
                var keys: [UInt64] = []
                try reader.forEachPassage { vector, _ in
                    if keys.last != vector { keys.append(vector) }
                }
                return (state.manifest, keys)
            }
            var planned = former
            planned.generation += 1
            let isChosen = former.factory == IndexKind.factory(forVectors: former.vectors)
            planned.factory =
                factory ?? (isChosen ? IndexKind.factory(forVectors: keys.count) : former.factory)
            planned.vectors = keys.count
            planned.built = Date.now.formatted(.iso8601)
            let manifest: IndexManifest
            do {
                planned.selfRetrieval = try VectorFile(folder: folder, store: store).write(
                    keys, factory: planned.factory, generation: planned.generation)
                manifest = try store.write { [planned] writer in
                    var manifest = planned
                    try writer.replaceRows(with: keys)
                    try writer.removeUnusedVectors()
                    let counts = try writer.counts()
                    manifest.documents = counts.documents
                    manifest.passages = counts.passages
                    try writer.setMeta("manifest", to: manifest.json)
                    return manifest
                }
            } catch {
                unlink(folder.nextVectorsPath)
                throw error
            }
            try folder.installNextVectors()
            try folder.write(manifest)
            return manifest
        }
    }
}
