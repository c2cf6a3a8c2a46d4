internal import Logging
internal import Metrics
internal import NIOPosix
internal import SemanticSearch
internal import Synchronization

/// Changes an index: one change after the other, on a thread of its own.
///
/// A change returns once it is on the disk; every search that begins then sees it. Now and then the
/// FAISS file is written anew in the background.
final class IndexWriter: Sendable {
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let patience: Duration
    private let logger: Logger
    private let folding = Mutex<BackgroundFolding?>(nil)
    private let added: Counter
    private let replaced: Counter
    private let deleted: Counter

    /// - Parameter patience: how long to wait for another process that writes.
    init(index: String, patience: Duration, factory: any MetricsFactory, logger: Logger) {
        self.patience = patience
        self.logger = logger
        func counter(_ kind: String) -> Counter {
            Counter(
                label: "kotae_changed_documents_total", dimensions: [("index", index), ("kind", kind)],
                factory: factory)
        }
        added = counter("added")
        replaced = counter("replaced")
        deleted = counter("deleted")
        pool.start()
    }

    /// Adds documents, in place of those that have the same ids.
    ///
    /// - Returns: how many were there before.
    func add(_ documents: [Document], to index: ServedIndex) async throws -> Int {
        let count = try await pool.runIfActive { [patience] in
            let state = try index.stateForWriting()
            let count = try state.index.add(documents, with: state.model.encoder, patience: patience)
            self.fold(state.index, name: index.name)
            return count
        }
        added.increment(by: documents.count - count)
        replaced.increment(by: count)
        return count
    }

    /// Deletes documents.
    ///
    /// - Throws: `IndexError` of kind `unknownIDs`, and then nothing is deleted.
    func delete(_ ids: [String], from index: ServedIndex) async throws {
        try await pool.runIfActive { [patience] in
            let state = try index.stateForWriting()
            try state.index.remove(ids: ids, patience: patience)
            self.fold(state.index, name: index.name)
        }
        deleted.increment(by: ids.count)
    }

    /// Folds in the background when it is due.
    private func fold(_ index: SearchIndex, name: String) {
        let folding = self.folding.withLock { current in
            if let current, current.isOf(index) { return current }
            let folding = BackgroundFolding(of: index) { [logger] result in
                switch result {
                case .success(let manifest?):
                    logger.info(
                        "the FAISS file has what was added",
                        metadata: ["index": "\(name)", "generation": "\(manifest.generation)"])
                case .success: break
                case .failure(let error):
                    logger.warning(
                        "changes are safe, but the FAISS file could not be written anew",
                        metadata: ["index": "\(name)", "error": "\(error)"])
                }
            }
            current = folding
            return folding
        }
        folding.request()
    }

    /// Waits for the change at work.
    func stop() async throws {
        try await pool.shutdownGracefully()
        folding.withLock { $0 }?.finish()
    }
}
