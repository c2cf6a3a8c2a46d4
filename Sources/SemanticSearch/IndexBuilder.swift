internal import BiEncoder
internal import EmbeddingStore
internal import FoundationEssentials
internal import Glibc
internal import JSON
internal import Tensors
internal import VectorIndex

/// How far a build has come.
public struct BuildProgress: Sendable {
    /// Documents whose texts have vectors.
    public var documents = 0
    /// Documents in all.
    public var total = 0
    /// Texts that were embedded, each distinct one once.
    public var embedded = 0
    /// Texts that had a vector already.
    public var reused = 0
    /// Texts that were cut because they were too long.
    public var truncated = 0

    public init() {}
}

/// Builds an index folder, or builds it anew.
///
/// Vectors are committed as they are made, under the hash of what the encoder sees, so an
/// interrupted build loses little and the next one embeds only what is new. Documents, passages and
/// rows then change in a single transaction together with the generation; until that is committed
/// the former index answers. The FAISS file is made before and gets its name after it.
struct IndexBuilder {
    let folder: IndexFolder
    let encoder: BiEncoder
    let fingerprint: String

    /// How many documents are read, embedded and committed at a time.
    private static let windowSize = 2048

    init(folder: String, encoder: BiEncoder) throws {
        self.folder = IndexFolder(path: folder)
        self.encoder = encoder
        fingerprint = try encoder.fingerprint()
    }

    func build(
        _ source: some DocumentSource, progress report: (BuildProgress) -> Void
    ) throws -> IndexManifest {
        var progress = BuildProgress()
        try source.forEach { _ in progress.total += 1 }
        guard progress.total > 0 else {
            throw IndexError(.invalid, folder.path, "nothing to build from: the corpus is empty")
        }
        let isNewFolder = mkdir(folder.path, 0o777) == 0
        if !isNewFolder, errno != EEXIST { throw folder.systemError(folder.path) }
        return try folder.withBuildLock {
            let isNew = !folder.exists(folder.dataPath)
            do {
                let store = try openStore()
                try embed(source, into: store, &progress, report)
                let manifest = try replaceDocuments(source, count: progress.total, in: store)
                try folder.write(manifest)
                return manifest
            } catch {
                // A folder that held no index holds nothing of the failed one either.
                if isNew { folder.removeFiles(andFolder: isNewFolder) }
                throw error
            }
        }
    }

    private func openStore() throws -> EmbeddingStore {
        guard folder.exists(folder.dataPath) else {
            return try EmbeddingStore.create(at: folder.path, dimensions: encoder.dimensions)
        }
        let store = try EmbeddingStore(opening: folder.path, writable: true)
        guard store.dimensions == encoder.dimensions else {
            throw IndexError(
                .otherModel, folder.path,
                "the index there has \(store.dimensions) dimensions and this model "
                    + "\(encoder.dimensions); remove the index or choose another folder")
        }
        return store
    }

    private func hash(_ tokens: ArraySlice<Int32>) -> TextHash {
        TextHash(
            fingerprint: fingerprint, precision: encoder.precision.rawValue, tokens: Array(tokens))
    }

    // MARK: Vectors

    private func embed(
        _ source: some DocumentSource, into store: EmbeddingStore,
        _ progress: inout BuildProgress, _ report: (BuildProgress) -> Void
    ) throws {
        var window: [Document] = []
        try source.forEach { document in
            window.append(document)
            if window.count == Self.windowSize {
                try embed(window, into: store, &progress)
                report(progress)
                window.removeAll(keepingCapacity: true)
            }
        }
        try embed(window, into: store, &progress)
        report(progress)
    }

    /// Gives every text of some documents a vector, in one commit.
    private func embed(
        _ documents: [Document], into store: EmbeddingStore, _ progress: inout BuildProgress
    ) throws {
        let texts = encoder.tokenize(documents.flatMap(\.passageTexts), as: .passage)
        let hashes = (0..<texts.count).map { hash(texts[$0]) }
        var seen: Set<TextHash> = []
        let missing = try store.read { reader in
            try hashes.indices.filter {
                try seen.insert(hashes[$0]).inserted && reader.vectorKey(forText: hashes[$0]) == nil
            }
        }
        if !missing.isEmpty {
            var embeddings = try encoder.embed(texts.selecting(missing))
            if !encoder.folder.normalizes { embeddings.scaleToUnitLength() }
            try store.write { writer in
                for (row, text) in missing.enumerated() {
                    let key = try writer.newVectorKey()
                    try embeddings.withVector(row) { try writer.putVector($0, forKey: key) }
                    try writer.setVector(key, forText: hashes[text])
                }
            }
        }
        progress.documents += documents.count
        progress.embedded += missing.count
        progress.reused += texts.count - missing.count
        progress.truncated += texts.cut.count { $0 > 0 }
    }

    // MARK: Documents

    /// Puts the source's documents in place of those that are there and makes the FAISS file.
    private func replaceDocuments(
        _ source: some DocumentSource, count: Int, in store: EmbeddingStore
    ) throws -> IndexManifest {
        let (manifest, vectors) = try store.write { writer in
            var old: [UInt64] = []
            try writer.forEachDocument { key, _ in old.append(key) }
            for key in old { try writer.removeDocument(key) }
            try writer.removeAllRows()

            let passages = try addDocuments(source, to: &writer)
            let documents = try writer.counts().documents
            guard documents == count else { throw corpusChanged }
            let (vectors, rows) = try addRows(to: &writer)
            let former = try writer.meta("manifest")?["generation"]?.integer ?? 0
            let manifest = IndexManifest(
                generation: former + 1, model: model, dimensions: encoder.dimensions,
                factory: "Flat", documents: documents, passages: passages,
                vectors: rows, built: Date.now.formatted(.iso8601))
            try writer.setMeta("manifest", to: manifest.json)
            return (manifest, vectors)
        }
        try vectors.write(to: folder.vectorsPath, generation: UInt64(manifest.generation))
        return manifest
    }

    private func addDocuments(
        _ source: some DocumentSource, to writer: inout StoreWriter
    ) throws -> Int {
        var passages = 0
        var window: [Document] = []
        func flush() throws {
            let texts = encoder.tokenize(window.flatMap(\.passageTexts), as: .passage)
            var text = 0
            for document in window {
                let key = try writer.newDocumentKey()
                try writer.put(document, forKey: key)
                for index in document.passageTexts.indices {
                    guard let vector = try writer.vectorKey(forText: hash(texts[text])) else {
                        throw corpusChanged
                    }
                    try writer.setVector(vector, forPassage: Document.passage(index, of: key))
                    text += 1
                }
            }
            passages += texts.count
            window.removeAll(keepingCapacity: true)
        }
        try source.forEach { document in
            window.append(document)
            if window.count == Self.windowSize { try flush() }
        }
        try flush()
        return passages
    }

    private var corpusChanged: IndexError {
        IndexError(.invalid, folder.path, "the corpus changed while the index was built")
    }

    /// Gives every vector that stands for a passage a row of FAISS, in the order of their keys.
    private func addRows(to writer: inout StoreWriter) throws -> (FaissIndex, Int) {
        var keys: [UInt64] = []
        try writer.forEachPassage { vector, _ in
            if keys.last != vector { keys.append(vector) }
        }
        var builder = try FaissIndexBuilder(dimensions: encoder.dimensions, capacity: keys.count)
        for (row, key) in keys.enumerated() {
            try writer.setVector(key, forRow: UInt64(row))
            try writer.withVector(forKey: key) { try builder.add($0) }
        }
        return (builder.finish(), keys.count)
    }

    private var model: IndexManifest.Model {
        let path = URL(filePath: encoder.folder.path).standardizedFileURL.path(percentEncoded: false)
        return IndexManifest.Model(
            name: path.split(separator: "/").last.map(String.init) ?? path, path: path,
            fingerprint: fingerprint, precision: encoder.precision.rawValue,
            maximumLength: encoder.maximumLength)
    }
}
