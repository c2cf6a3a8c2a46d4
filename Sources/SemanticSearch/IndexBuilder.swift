internal import BiEncoder
internal import EmbeddingStore
internal import Files
internal import FoundationEssentials
internal import Glibc
internal import JSON
internal import Tensors

/// What an index is to be, where that is not for Kotae to choose.
public struct BuildOptions: Sendable {
    /// FAISS's factory string; nil for the kind that suits the number of vectors.
    public var factory: String?
    /// Whether answers are embedded too, long ones in parts.
    public var embedsAnswers = false
    /// By what searches rank that are not told; nil for what the folder's index has, or else by meaning.
    public var ranking: RankingMethod?

    public init() {}
}

/// Builds an index folder, or builds it anew.
///
/// Vectors are committed as they are made, under the hash of what the encoder sees, so an
/// interrupted build loses little and the next one embeds only what is new. The FAISS file is then
/// written beside the former one. Documents, passages and rows change in a single transaction
/// together with the generation, and the file gets its name; until then the former index answers.
struct IndexBuilder {
    let folder: IndexFolder
    let embedder: PassageEmbedder
    let options: BuildOptions

    /// How many documents are read, embedded and committed at a time; so many embedded texts are also
    /// worth keeping when a first build fails.
    static let windowSize = 2048

    private var encoder: BiEncoder { embedder.encoder }

    init(folder: String, encoder: BiEncoder, options: BuildOptions) throws {
        self.folder = IndexFolder(path: folder)
        embedder = try PassageEmbedder(encoder, folder: folder)
        self.options = options
    }

    func build(
        _ source: some PreparedSource, progress report: (BuildProgress) -> Void
    ) throws -> IndexManifest {
        if let factory = options.factory {
            try IndexKind.check(factory, dimensions: encoder.dimensions, path: folder.path)
        }
        var progress = BuildProgress()
        progress.total = try source.count()
        guard progress.total > 0 else {
            throw IndexError(.invalid, folder.path, "nothing to build from: the corpus is empty")
        }
        let isNewFolder = mkdir(folder.path, 0o777) == 0
        if !isNewFolder, errno != EEXIST { throw folder.systemError(folder.path) }
        return try WriterLock(folder: folder).hold {
            let isNew = !folder.exists(folder.dataPath)
            do {
                let store = try openStore()
                try folder.finishInterruptedWriter(store)
                let plan = try embed(source, into: store, &progress, report)
                return try replaceDocuments(source, plan, in: store)
            } catch {
                // A folder that held no index holds nothing of the failed one either, unless that
                // would throw away work that the next build can go on with.
                if isNew, progress.embedded < Self.windowSize {
                    folder.removeFiles(andFolder: isNewFolder)
                } else {
                    unlink(folder.nextVectorsPath)
                }
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

    /// The vectors of all passages in the order of the source, and those of the FAISS file's rows:
    /// the same, each once. 16 bytes a passage.
    private struct Plan {
        var passages: [UInt64] = []
        var rows: [UInt64] = []
        private var isPlanned: [Bool] = []

        mutating func append(_ vectors: [UInt64]) {
            passages += vectors
            for vector in vectors {
                let place = Int(vector)
                if place >= isPlanned.count {
                    isPlanned += repeatElement(false, count: max(place + 1 - isPlanned.count, isPlanned.count))
                }
                if !isPlanned[place] { rows.append(vector) }
                isPlanned[place] = true
            }
        }
    }

    private func embed(
        _ source: some PreparedSource, into store: EmbeddingStore,
        _ progress: inout BuildProgress, _ report: (BuildProgress) -> Void
    ) throws -> Plan {
        var plan = Plan()
        var window: [PreparedDocument] = []
        func flush() throws {
            let batch = try embedder.embed(window, missingIn: store)
            plan.append(try embedder.commit(batch, to: store))
            progress.count(batch, of: window.count)
            report(progress)
            window.removeAll(keepingCapacity: true)
        }
        try source.forEach { document in
            window.append(document)
            if window.count == Self.windowSize { try flush() }
        }
        if !window.isEmpty { try flush() }
        return plan
    }

    /// Puts the source's documents in place of those that are there, and the new FAISS file in
    /// place of the former.
    private func replaceDocuments(
        _ source: some PreparedSource, _ plan: Plan, in store: EmbeddingStore
    ) throws -> IndexManifest {
        let former = try store.read { try $0.meta(IndexManifest.metaName) }
        let factory = options.factory ?? IndexKind.factory(forVectors: plan.rows.count)
        var planned = IndexManifest(
            generation: (former?["generation"]?.integer ?? 0) + 1, model: model,
            dimensions: encoder.dimensions, factory: factory,
            factoryIsChosen: options.factory == nil, embedsAnswers: options.embedsAnswers,
            ranking: options.ranking ?? former.flatMap(RankingMethod.init(ofManifest:)) ?? .meaning,
            documents: 0, passages: plan.passages.count, vectors: plan.rows.count,
            built: Date.now.formatted(.iso8601))
        // A threshold holds for the scores of one model, by one ranking, of questions alone or of answers
        // too.
        if let kept = former?["calibration"].flatMap(Calibration.init),
            kept.fingerprint == embedder.fingerprint, kept.ranking == planned.ranking,
            former?["embeds_answers"]?.bool == planned.embedsAnswers
        {
            planned.calibration = kept
        }
        planned.selfRetrieval = try VectorFile(folder: folder, store: store).write(
            VectorFilePlan(rows: plan.rows, planned), generation: planned.generation,
            to: folder.nextVectorsPath)
        try DurableFile.flushFolder(of: folder.nextVectorsPath)
        let manifest = try store.write { [planned] writer in
            var manifest = planned
            manifest.documents = try putDocuments(source, plan.passages, in: &writer)
            try writer.replaceRows(with: plan.rows)
            if former?["model"]?["fingerprint"]?.string != embedder.fingerprint {
                try writer.removeUnusedVectors()
            }
            try writer.setManifest(manifest)
            return manifest
        }
        folder.publish(manifest)
        return manifest
    }

    /// - Returns: how many there were.
    private func putDocuments(
        _ source: some PreparedSource, _ vectors: [UInt64], in writer: inout StoreWriter
    ) throws -> Int {
        var tables = try DocumentTables(in: &writer)
        try tables.removeAll(in: &writer)
        var count = 0
        var vectors = vectors[...]
        try source.forEach { prepared in
            let document = prepared.document
            let own = vectors.prefix(document.passageTexts.count)
            guard own.count == document.passageTexts.count else { throw corpusChanged }
            try tables.add(document, vectors: own, in: &writer)
            vectors = vectors.dropFirst(own.count)
            count += 1
        }
        guard vectors.isEmpty else { throw corpusChanged }
        try tables.finish(in: &writer)
        return count
    }

    private var corpusChanged: IndexError {
        IndexError(.invalid, folder.path, "the corpus changed while the index was built")
    }

    private var model: IndexManifest.Model {
        let path = URL(filePath: encoder.folder.path).standardizedFileURL.path(percentEncoded: false)
        return IndexManifest.Model(
            name: ModelFolder.name(of: path), path: path,
            fingerprint: embedder.fingerprint, precision: encoder.precision.rawValue,
            maximumLength: encoder.maximumLength, prompts: encoder.folder.promptChoice)
    }
}
