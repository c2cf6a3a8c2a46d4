internal import EmbeddingStore
internal import FoundationEssentials
internal import Glibc
internal import VectorIndex

extension IndexFolder {
    /// Finishes what a writer has committed before it was interrupted: gives the FAISS file of the
    /// store's generation its name, removes one that was not finished, and brings `index.json` up
    /// to date. Within the writer's lock.
    func finishInterruptedWriter(_ store: EmbeddingStore) throws {
        let value = try store.read { try $0.meta("manifest") }
        let manifest = try value.map { value throws(IndexError) in
            try IndexManifest(value, path: dataPath)
        }
        if exists(nextVectorsPath) {
            let generation = UInt64(manifest?.generation ?? 0)
            let isInPlace = (try? FaissIndex(contentsOf: vectorsPath))?.generation == generation
            if !isInPlace, (try? FaissIndex(contentsOf: nextVectorsPath))?.generation == generation {
                try installNextVectors()
            } else {
                unlink(nextVectorsPath)
            }
        }
        if let manifest, (try? String(contentsOfFile: manifestPath, encoding: .utf8)) != manifest.text {
            try write(manifest)
        }
    }
}
