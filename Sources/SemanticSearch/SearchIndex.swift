public import BiEncoder
public import EmbeddingStore
internal import JSON
internal import LexicalIndex
internal import Synchronization
internal import VectorIndex

/// An index folder, open for searches and look-ups. Safe to use from several threads.
///
/// A process can open a folder once at a time. Another process may build the index anew meanwhile:
/// each search sees one generation of it, whole.
public final class SearchIndex: Sendable {
    /// The folder, as it was given.
    public let path: String
    let folder: IndexFolder
    let store: EmbeddingStore
    let words: LexicalIndex
    /// How many threads one search may use; nil for the number of processors.
    private let threads: Int?
    private let current: Mutex<Current>
    /// Held by the one thread that loads a new generation, while others wait for it.
    private let loading = Mutex<Void>(())

    private struct Current: Sendable {
        var manifest: IndexManifest
        /// Of the manifest's generation; nil until the first search where vectors were not to be loaded.
        var state: State?

        init(_ state: State) {
            manifest = state.manifest
            self.state = state
        }

        init(_ manifest: IndexManifest) { self.manifest = manifest }
    }

    /// What belongs to one generation.
    struct State: Sendable {
        var manifest: IndexManifest
        let vectors: FaissIndex
        /// Whether `vectors` is the FAISS file of this generation, and not made of the store.
        var isOfFile = true
        /// Whether `vectors` is exact, whatever kind the manifest tells of.
        var isExact = false

        /// Whether a search by meaning finds the nearest, and not only what its kind comes across.
        var searchesExactly: Bool { isExact || !isOfFile || manifest.factory == "Flat" }
    }

    /// Opens the index in a folder. For reading, a folder that cannot be written to will do.
    ///
    /// - Parameters:
    ///   - writable: whether this process will change the index.
    ///   - loadsVectors: whether to open the FAISS file now, which takes long for kinds that are read into
    ///     memory, or with the first search by meaning. Changes, look-ups and searches by words do without it.
    ///   - threads: how many processors one search may use, at least 1; all by default. A program that
    ///     searches on many threads wants 1.
    /// - Throws: `IndexError` or an error of the store when there is no index, when its files are
    ///   damaged or cut off, or when its format is not this Kotae's.
    public init(
        opening path: String, writable: Bool = false, loadsVectors: Bool = true, threads: Int? = nil
    ) throws {
        folder = IndexFolder(path: path)
        try folder.checkIsIndex()
        self.path = path
        self.threads = threads
        store = try EmbeddingStore(opening: path, writable: writable)
        current = Mutex(
            loadsVectors
                ? Current(try Self.load(folder, store, threads: threads))
                : Current(try store.read { [folder, store] in try Self.manifest(folder, store, $0) }))
        words = try LexicalIndex(opening: store.environment)
    }

    /// How many documents, passages, rows and so on there are now.
    public func counts() throws -> StoreCounts { try store.read { try $0.counts() } }

    /// What the index is, as of the last search or look-up.
    public var manifest: IndexManifest { current.withLock { $0.manifest } }

    /// What the index is now; takes a generation over that has been made since the last search, so that
    /// the next one need not.
    @discardableResult
    package func refresh() throws -> IndexManifest { try withSnapshot { state, _ in state.manifest } }

    /// Brings `manifest` up to date, and where the FAISS file has been opened, that too.
    func refreshManifest() throws {
        if current.withLock({ $0.state != nil }) { return try withSnapshot { _, _ in } }
        let manifest = try store.read { [folder, store] in try Self.manifest(folder, store, $0) }
        current.withLock { if $0.state == nil { $0.manifest = manifest } }
    }

    /// From now on this object searches exactly, by a copy of the vectors in memory, whatever kind the
    /// FAISS index is.
    package func searchExactly() throws {
        let exact = try Self.load(folder, store, exactly: true, threads: threads)
        current.withLock { $0 = Current(exact) }
    }

    /// Keeps what a calibration found, for the model that the index has.
    ///
    /// - Throws: `IndexError` when the folder cannot be written to, or has another model by now.
    public func keep(_ calibration: Calibration, patience: Duration = .seconds(10)) throws {
        try hold(patience: patience) {
            let manifest = try store.write { writer in
                guard let value = try writer.meta(IndexManifest.metaName) else {
                    throw IndexError(.missing, path, "there is no finished index in this folder")
                }
                var manifest = try IndexManifest(value, path: folder.dataPath)
                guard manifest.model.fingerprint == calibration.fingerprint else {
                    throw IndexError(.otherModel, path, "has been built with another model meanwhile")
                }
                manifest.calibration = calibration
                try writer.setManifest(manifest)
                return manifest
            }
            try folder.write(manifest.json)
            current.withLock {
                $0.manifest.calibration = calibration
                $0.state?.manifest.calibration = calibration
            }
        }
    }

    /// - Parameter exactly: to have all vectors in memory, whatever kind the FAISS index is.
    private static func load(
        _ folder: IndexFolder, _ store: EmbeddingStore, exactly: Bool = false, threads: Int?
    ) throws -> State {
        // A file of a generation that has ended since the store was looked at is no longer there.
        for _ in 0..<10 where !exactly {
            let generation = try store.read { try manifest(folder, store, $0).generation }
            let found: State? = try store.read { reader in
                let manifest = try manifest(folder, store, reader)
                return try vectors(folder, manifest, threads: threads)
                    .map { State(manifest: manifest, vectors: $0) }
            }
            if let found { return found }
            if try store.read({ try manifest(folder, store, $0).generation }) == generation { break }
        }
        return try store.read { reader in
            let manifest = try manifest(folder, store, reader)
            let vectors = try VectorFile(folder: folder, store: store)
                .exactIndex(of: reader.rowVectors(), reader)
            return State(manifest: manifest, vectors: vectors, isOfFile: false, isExact: exactly)
        }
    }

    static func manifest(
        _ folder: IndexFolder, _ store: EmbeddingStore, _ reader: borrowing StoreReader
    ) throws -> IndexManifest {
        guard let value = try reader.meta(IndexManifest.metaName) else {
            throw IndexError(
                .missing, folder.path,
                "there is no finished index in this folder: its first build is at work, or was interrupted "
                    + "and goes on when kotae index build is run again")
        }
        let manifest = try IndexManifest(value, path: folder.dataPath)
        guard manifest.dimensions == store.dimensions else {
            throw IndexError(
                .damaged, folder.dataPath,
                "the manifest tells of \(manifest.dimensions) dimensions, the store of "
                    + "\(store.dimensions)")
        }
        return manifest
    }

    /// The FAISS index of a generation: from its file, or from the next file, when that was
    /// committed but has not got its name yet; nil when neither is of the generation.
    private static func vectors(
        _ folder: IndexFolder, _ manifest: IndexManifest, threads: Int?
    ) throws -> FaissIndex? {
        var vectors: FaissIndex?
        if folder.exists(folder.vectorsPath) {
            vectors = try FaissIndex(contentsOf: folder.vectorsPath, threads: threads)
        }
        let generation = UInt64(manifest.generation)
        // The next file may also be one that its writer has left unfinished, or get its name just now.
        for path in [folder.nextVectorsPath, folder.vectorsPath]
        where vectors?.generation != generation {
            vectors = try? FaissIndex(contentsOf: path, threads: threads)
        }
        guard let vectors, vectors.generation == generation else { return nil }
        guard vectors.count == manifest.vectors, vectors.dimensions == manifest.dimensions else {
            throw IndexError(
                .damaged, folder.vectorsPath,
                "\(vectors.count) vectors of \(vectors.dimensions) dimensions, expected "
                    + "\(manifest.vectors) of \(manifest.dimensions)")
        }
        return vectors
    }

    /// Runs `body` over one snapshot of the store and the FAISS index of the same generation.
    func withSnapshot<R>(_ body: (State, borrowing StoreReader) throws -> R) throws -> R {
        // A build that ends between the two look-ups is met again at most a few times.
        for _ in 0..<10 {
            let state = current.withLock { $0.state }
            let result: R? = try store.read { reader in
                let generation = try reader.meta(IndexManifest.metaName)?["generation"]?.integer
                guard let state, generation == state.manifest.generation else { return nil }
                return try body(state, reader)
            }
            if let result { return result }
            // One thread loads, and whoever waited for it looks again at what there is.
            try loading.withLock { _ in
                guard current.withLock({ $0.state?.manifest.generation }) == state?.manifest.generation else { return }
                let loaded = try Self.load(folder, store, exactly: state?.isExact ?? false, threads: threads)
                current.withLock { $0 = Current(loaded) }
            }
        }
        throw IndexError(.busy, path, "the index is built anew faster than it can be read")
    }

    /// Checks that a model is the one that the index was built with.
    ///
    /// - Throws: `IndexError` of kind `otherModel`.
    public func check(_ encoder: BiEncoder) throws {
        let model = manifest.model
        let fingerprint = try encoder.fingerprint()
        guard fingerprint == model.fingerprint else {
            throw IndexError(
                .otherModel, path,
                "was built with the model \(model.name) (\(model.fingerprint.prefix(12))), and "
                    + "\(encoder.folder.path) is another (\(fingerprint.prefix(12))): search with the "
                    + "model of the index or build it again")
        }
    }
}

extension SearchIndex {
    /// Builds an index folder, or builds it anew.
    ///
    /// Questions and alternates are embedded, each distinct text once; texts that have a vector
    /// from an earlier build by the same model keep it. The former index answers until the new one
    /// takes over whole, and stays when anything fails. The folder may hold other files.
    ///
    /// - Throws: `IndexError`, or what the source, the encoder or the store throws.
    public static func build(
        at path: String, from source: some DocumentSource, with encoder: BiEncoder,
        options: BuildOptions = BuildOptions(), progress: (BuildProgress) -> Void = { _ in }
    ) throws -> IndexManifest {
        let documents = UnembeddedDocuments(
            source: source, encoder: encoder, embedsAnswers: options.embedsAnswers)
        return try IndexBuilder(folder: path, encoder: encoder, options: options)
            .build(documents, progress: progress)
    }
}
