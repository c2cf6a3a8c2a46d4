internal import EmbeddingStore
internal import Files
internal import FoundationEssentials
internal import Glibc
internal import JSON
internal import LMDB

/// What the FAISS file of a new generation is to hold.
struct VectorFilePlan {
    /// The vector of each row.
    var rows: [UInt64]
    /// How many of them, from the first on, the file that there is has as its rows; 0 to make it
    /// anew.
    var kept = 0
    /// FAISS's factory string.
    var factory: String
    var factoryIsChosen: Bool
    /// How many processors to use; nil for all.
    var threads: Int?

    /// Of the kind that there is.
    init(rows: [UInt64], _ former: IndexManifest) {
        self.rows = rows
        factory = former.factory
        factoryIsChosen = former.factoryIsChosen
    }
}

extension SearchIndex {
    /// Makes the FAISS file of a new generation beside searches and writers, and lets it take over.
    ///
    /// The file is made from a snapshot and flushed without the writers' lock, so additions and
    /// removals go on meanwhile. Then, within the lock, it is committed together with its rows;
    /// vectors that were added meanwhile stay pending, and rows whose texts were removed are dead.
    ///
    /// - Parameter plan: gets the manifest that there is; nil where there is nothing to do.
    /// - Returns: nil when there was nothing to do, or when a build or another renewal has made a
    ///   new generation meanwhile, whose FAISS file then stays.
    /// - Throws: `IndexError` of kind `busy` when another process makes a FAISS file or writes for
    ///   longer than `patience`; what the store or FAISS throws. Nothing is changed then.
    func renewVectorFile(
        patience: Duration,
        _ plan: (IndexManifest, borrowing StoreReader) throws -> VectorFilePlan?
    ) throws -> IndexManifest? {
        try UnfinishedVectors(folder: folder).hold(patience: patience) {
            try hold(patience: patience) {}
            // What a process held that is gone would keep LMDB from using freed pages again.
            try store.environment.clearStaleReaders()
            // By the store alone, so that a FAISS file that is damaged can be made anew.
            let planned = try store.read { [folder, store] reader in
                let manifest = try Self.manifest(folder, store, reader)
                return try plan(manifest, reader).map { ($0, manifest) }
            }
            guard let (plan, former) = planned else { return nil }
            var manifest = former
            manifest.generation += 1
            manifest.factory = plan.factory
            manifest.factoryIsChosen = plan.factoryIsChosen
            manifest.vectors = plan.rows.count
            manifest.built = Date.now.formatted(.iso8601)
            do {
                manifest.selfRetrieval = try VectorFile(folder: folder, store: store).write(
                    plan, generation: manifest.generation, to: folder.unfinishedVectorsPath)
            } catch {
                // A new generation may have removed vectors that this one was to have.
                if try generation() != former.generation { return nil }
                throw error
            }
            // Nobody waits for this one, and the file may have taken an hour.
            return try hold(patience: max(patience, Self.patienceWhenFinished)) {
                guard try generation() == former.generation else { return nil }
                return try takeOver(plan, manifest)
            }
        }
    }

    private static let patienceWhenFinished = Duration.seconds(3_600)

    private func generation() throws -> Int? {
        try store.read { try $0.meta(IndexManifest.metaName)?["generation"]?.integer }
    }

    /// Commits a generation whose FAISS file is finished. Within the writers' lock.
    private func takeOver(_ plan: VectorFilePlan, _ planned: IndexManifest) throws -> IndexManifest {
        guard rename(folder.unfinishedVectorsPath, folder.nextVectorsPath) == 0 else {
            throw folder.systemError(folder.nextVectorsPath)
        }
        let manifest: IndexManifest
        do {
            try DurableFile.flushFolder(of: folder.nextVectorsPath)
            manifest = try store.write { writer in
                if plan.kept > 0 {
                    for row in plan.kept..<plan.rows.count {
                        try writer.setVector(plan.rows[row], forRow: UInt64(row))
                    }
                } else {
                    try writer.replaceRows(with: plan.rows)
                    try writer.removeUnusedVectors()
                }
                let counts = try writer.counts()
                var manifest = planned
                manifest.documents = counts.documents
                manifest.passages = counts.passages
                // Others may have calibrated meanwhile.
                manifest.calibration = try writer.meta(IndexManifest.metaName)?["calibration"]
                    .flatMap(Calibration.init)
                try writer.setManifest(manifest)
                return manifest
            }
        } catch {
            unlink(folder.nextVectorsPath)
            throw error
        }
        folder.publish(manifest)
        return manifest
    }
}
