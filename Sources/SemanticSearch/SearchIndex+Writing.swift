internal import EmbeddingStore
internal import LMDB

extension SearchIndex {
    /// Whether the folder still holds the index that was opened, and not another in its place.
    package var isInPlace: Bool { store.environment.isInPlace() }

    /// Runs `body` while no other writer has the folder, with `manifest` as it is then.
    ///
    /// - Parameter patience: how long to wait for another writer.
    /// - Throws: `IndexError` of kind `busy` that names the other writer, of kind `missing` when the
    ///   folder holds another index than the one that was opened; what `body` throws.
    func hold<R>(patience: Duration, _ body: () throws -> R) throws -> R {
        try WriterLock(folder: folder).hold(patience: patience) {
            guard isInPlace else {
                throw IndexError(
                    .missing, path,
                    "the index that was opened is no longer in this folder; open the folder again")
            }
            try folder.finishInterruptedWriter(store)
            // Another process may have built it anew, with another model.
            try refreshManifest()
            return try body()
        }
    }
}
