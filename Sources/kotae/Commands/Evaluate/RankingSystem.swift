import BiEncoder
import Contrastive
import EmbeddingStore
import Evaluation
import SemanticSearch
import Tensors

/// An index with its model, as questions are put to it. That of a model alone is built for the
/// purpose, exact, and gone afterwards.
struct RankingSystem {
    let index: SearchIndex
    let encoder: BiEncoder
    /// What the model has learned.
    let learned: LearnedTexts
    private let temporary: TemporaryFolder?

    /// An index in a folder.
    ///
    /// - Parameters:
    ///   - model: where its model is, if it has moved.
    ///   - writable: whether what is found will be kept in it.
    init(
        index path: String, model: String? = nil, precision: Precision, threads: Int?, writable: Bool = false
    ) throws {
        index = try SearchIndex(opening: path, writable: writable)
        encoder = try index.loadModel(model, precision: precision, threads: threads)
        learned = try LearnedTexts(ofModelAt: encoder.folder.path)
        temporary = nil
    }

    /// A model with documents to search.
    ///
    /// - Parameters:
    ///   - embedsAnswers: whether answers are searched by meaning too.
    ///   - path: where the index is to stay; nil for none that does.
    ///   - ranking: by what searches of one that stays rank.
    init(
        _ encoder: BiEncoder, over documents: any DocumentSource, embedsAnswers: Bool = false,
        keptAt path: String? = nil, ranking: RankingMethod? = nil, quiet: Bool
    ) throws {
        self.encoder = encoder
        learned = try LearnedTexts(ofModelAt: encoder.folder.path)
        temporary = path == nil ? try TemporaryFolder() : nil
        let path = path ?? temporary.map { $0.path + "/index" } ?? ""
        var options = BuildOptions()
        options.factory = "Flat"
        options.embedsAnswers = embedsAnswers
        options.ranking = ranking
        var progress = Progress("embedded", unit: "documents", quiet: quiet)
        _ = try SearchIndex.build(at: path, from: documents, with: encoder, options: options) {
            progress.report(done: $0.documents, fraction: Double($0.documents) / Double(max($0.total, 1)))
        }
        progress.clear()
        index = try SearchIndex(opening: path, writable: temporary == nil)
    }

    /// A kind of FAISS index that does not search exactly; nil for one that does.
    var inexactKind: String? {
        let factory = index.manifest.factory
        return factory == "Flat" ? nil : factory
    }

    /// The queries' vectors, of unit length.
    func embed(_ texts: [String]) throws -> Embeddings {
        var embeddings = try encoder.embed(texts, as: .query)
        embeddings.scaleToUnitLength()
        return embeddings
    }

    /// What the index finds by each method, down to `depth` documents for each query.
    func runs(
        _ queries: RankingQueries, _ embeddings: Embeddings?, by methods: [RankingMethod], depth: Int, quiet: Bool
    ) throws -> [Run] {
        var progress = Progress("searched", unit: "queries", quiet: quiet)
        let count = queries.ids.count
        let rankings = try index.rankings(
            of: queries.texts, embeddings, by: methods, options: SearchOptions(limit: depth)
        ) { progress.report(done: $0, fraction: Double($0) / Double(count)) }
        progress.finish(done: count)
        return try rankings.map { rankings in
            try Run(zip(queries.ids, rankings).map { id, ranking in (id, ranking.map { ($0.id, $0.score) }) })
        }
    }

    /// What a ranking by this method is called.
    func name(of method: RankingMethod) -> String {
        switch method {
        case .meaning: inexactKind ?? "exact search"
        case .words: "by words (BM25)"
        case .meaningAndWords: "by both (hybrid)"
        }
    }
}
