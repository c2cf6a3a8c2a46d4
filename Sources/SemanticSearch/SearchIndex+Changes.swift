public import BiEncoder
internal import EmbeddingStore

extension SearchIndex {
    /// Adds documents, in place of those that have the same ids.
    ///
    /// Once this returns they are on the disk, and every search that begins then sees them, in any
    /// process; until then none does. Texts that the FAISS file lacks are searched exactly beside it
    /// until `foldIfNeeded` or `compact`. Another writer is waited for, at most `patience`.
    ///
    /// - Parameters:
    ///   - source: documents with ids that differ.
    ///   - encoder: the model of the index; see `check`.
    /// - Returns: how many documents were there before and were replaced.
    /// - Throws: `IndexError`, or what the source, the encoder or the store throws; nothing is
    ///   changed then.
    @discardableResult
    public func add(
        _ source: some DocumentSource, with encoder: BiEncoder, patience: Duration = .seconds(10),
        progress report: (BuildProgress) -> Void = { _ in }
    ) throws -> Int {
        try add(with: encoder, patience: patience, progress: report) { manifest in
            UnembeddedDocuments(
                source: source, encoder: encoder, embedsAnswers: manifest.embedsAnswers)
        }
    }

    /// As above, of documents that may have vectors.
    ///
    /// - Parameter prepare: makes them for the index as it is.
    func add(
        with encoder: BiEncoder, patience: Duration, progress report: (BuildProgress) -> Void,
        _ prepare: (IndexManifest) throws -> some PreparedSource
    ) throws -> Int {
        try hold(patience: patience) {
            try check(encoder)
            let source = try prepare(manifest)
            var progress = BuildProgress()
            progress.total = try source.count()
            let addition = try Addition(to: self, encoder)
            let vectors = try addition.embed(source, &progress, report)
            return try store.write { try addition.put(source, vectors, in: &$0) }
        }
    }

    /// Removes documents by their ids.
    ///
    /// - Throws: `IndexError` of kind `unknownIDs` that lists every id that the index lacks; nothing
    ///   is removed then.
    public func remove(ids: [String], patience: Duration = .seconds(10)) throws {
        try hold(patience: patience) {
            try store.write { writer in
                var unknown: [String] = []
                var keys: [UInt64] = []
                for id in ids {
                    if let key = try writer.documentKey(forID: id) {
                        keys.append(key)
                    } else {
                        unknown.append(id)
                    }
                }
                guard unknown.isEmpty else { throw unknownIDs(unknown) }
                var tables = try DocumentTables(in: &writer)
                for key in keys { try tables.remove(key, in: &writer) }
                try tables.finish(in: &writer)
            }
        }
    }

    func unknownIDs(_ ids: [String]) -> IndexError {
        let list = ids.map { "\"\($0)\"" }.joined(separator: ", ")
        return IndexError(
            .unknownIDs, path,
            "there is no document with the id \(list)")
    }
}

/// The two steps of adding documents, within the writer's lock.
private struct Addition {
    private let store: EmbeddingStore
    private let embedder: PassageEmbedder
    private let path: String

    init(to index: SearchIndex, _ encoder: BiEncoder) throws {
        store = index.store
        path = index.path
        embedder = try PassageEmbedder(encoder, folder: path)
    }

    /// The vectors of all texts in the order of the source: their keys, and after those what is
    /// not in the store yet.
    struct Vectors {
        var keys: [UInt64] = []
        var rest: [PassageEmbedder.Batch] = []
    }

    /// Embeds what has no vector yet. Many vectors are committed at once, few together with their
    /// documents.
    func embed(
        _ source: some PreparedSource, _ progress: inout BuildProgress,
        _ report: (BuildProgress) -> Void
    ) throws -> Vectors {
        let isLarge = progress.total > IndexBuilder.windowSize
        var vectors = Vectors()
        var window: [PreparedDocument] = []
        func flush() throws {
            let batch = try embedder.embed(window, missingIn: store)
            if isLarge {
                vectors.keys += try embedder.commit(batch, to: store)
            } else {
                vectors.rest.append(batch)
            }
            progress.count(batch, of: window.count)
            report(progress)
            window.removeAll(keepingCapacity: true)
        }
        try source.forEach { document in
            window.append(document)
            if window.count == IndexBuilder.windowSize { try flush() }
        }
        if !window.isEmpty { try flush() }
        return vectors
    }

    /// - Returns: how many documents were replaced.
    func put(
        _ source: some PreparedSource, _ vectors: Vectors, in writer: inout StoreWriter
    ) throws -> Int {
        var keys = vectors.keys
        for batch in vectors.rest { keys += try embedder.store(batch, in: &writer) }
        var rest = keys[...]
        var replaced = 0
        var tables = try DocumentTables(in: &writer)
        try source.forEach { prepared in
            let document = prepared.document
            if let old = try writer.documentKey(forID: document.id) {
                try tables.remove(old, in: &writer)
                replaced += 1
            }
            let own = rest.prefix(document.passageTexts.count)
            guard own.count == document.passageTexts.count else {
                throw IndexError(.invalid, path, "the documents changed while they were added")
            }
            try tables.add(document, vectors: own, in: &writer)
            rest = rest.dropFirst(own.count)
        }
        try tables.finish(in: &writer)
        return replaced
    }
}
