internal import EmbeddingStore
internal import FoundationEssentials
internal import Glibc
internal import JSON
internal import VectorIndex

extension IndexFolder {
    /// Finishes what a writer has committed before it was interrupted: gives the FAISS file of the
    /// store's generation its name, removes those that were not finished, and brings `index.json` up
    /// to date. Within the writer's lock.
    func finishInterruptedWriter(_ store: EmbeddingStore) throws {
        UnfinishedVectors(folder: self).removeIfAbandoned()
        unlink(rowsPath(of: nextVectorsPath))
        let manifest = try store.read { try $0.meta(IndexManifest.metaName) }
        if exists(nextVectorsPath) {
            let generation = UInt64(manifest?["generation"]?.integer ?? 0)
            let isInPlace = (try? FaissIndex(contentsOf: vectorsPath))?.generation == generation
            if !isInPlace, (try? FaissIndex(contentsOf: nextVectorsPath))?.generation == generation {
                try installNextVectors()
            } else {
                unlink(nextVectorsPath)
            }
        }
        guard let manifest else { return }
        let file = try? String(contentsOfFile: manifestPath, encoding: .utf8)
        if file != IndexManifest.text(of: manifest) { try write(manifest) }
    }
}
