internal import BiEncoder
internal import HTTPTypes
internal import Logging
internal import Metrics
internal import NIOCore
internal import NIOPosix
internal import SemanticSearch
internal import Tensors

/// What the routes work with: indexes, models, threads, limits.
final class ServiceCore: Sendable {
    let configuration: ServiceConfiguration
    let indexes: ServedIndexes
    let models: ServedModels
    let metrics: PrometheusRegistry
    let connections = ClientConnections()
    let lifecycle = Lifecycle()
    /// Where feedback goes; nil where none is kept.
    let feedback: FeedbackLog?
    let logger: Logger
    /// Threads for work that blocks: tokenizing, reading pages of LMDB, searching.
    let pool: NIOThreadPool

    /// Opens all indexes and loads all models.
    ///
    /// - Throws: `ServiceError`, `IndexError`, `ModelError`, `FileError`.
    init(_ configuration: ServiceConfiguration, logger: Logger) throws {
        try configuration.check()
        self.configuration = configuration
        self.logger = logger
        let metrics = PrometheusRegistry(help: metricHelp)
        self.metrics = metrics
        feedback = try configuration.feedbackFolder.map { try FeedbackLog(folder: $0) }
        let models = ServedModels(configuration, factory: metrics)
        self.models = models
        for model in configuration.models {
            _ = try models.load(
                folder: ModelLibrary().folder(of: model), precision: .f32)
        }
        indexes = ServedIndexes(
            all: try configuration.indexes.map { source in
                let writer = configuration.isWritable
                    ? IndexWriter(
                        index: source.name, patience: configuration.timeout, factory: metrics, logger: logger)
                    : nil
                return try ServedIndex.open(source, writer: writer, models: models, logger: logger)
            })
        pool = NIOThreadPool(numberOfThreads: max(2, Arithmetic.processors))
        pool.start()
    }

    /// Runs what blocks on a thread for that.
    func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await pool.runIfActive(body)
    }

    /// The vectors of texts.
    ///
    /// - Returns: the vectors, one behind the other, and what they were made of.
    func embed(
        _ input: ServedModel.Input, with model: ServedModel, for context: ServiceContext
    ) async throws -> (vectors: [Float], texts: TokenizedTexts) {
        try checkBatch(input.texts.count, input.parameter)
        let texts = try await model.tokenize(input, on: pool)
        let vectors = try await model.queue.embed(
            texts, until: .now + configuration.timeout, for: connections[context.channel])
        return (vectors, texts)
    }

    /// - Throws: `APIError` for none, and for more texts, ids or documents than a request may have.
    func checkBatch(_ count: Int, _ parameter: String) throws {
        guard count > 0 else { throw APIError.invalid(parameter, "\(parameter) is empty") }
        guard count <= configuration.maximumBatch else {
            throw APIError(
                .badRequest, "too_many_inputs",
                "\(parameter) has \(count) elements; at most \(configuration.maximumBatch) may be in one request",
                parameter: parameter)
        }
    }

    /// Ends the threads once nothing is answered any more.
    func stop() async throws {
        for index in indexes.all { try await index.writer?.stop() }
        for model in models.all { try await model.queue.stop() }
        try await pool.shutdownGracefully()
    }
}

/// What the metrics are, for `# HELP`.
private let metricHelp = [
    "kotae_http_requests_total": "Requests answered, by route template, method and status.",
    "kotae_http_request_duration_seconds": "Time from a request's head to its answer.",
    "kotae_http_requests_in_progress": "Requests that are being answered.",
    "kotae_embedded_texts_total": "Texts embedded.",
    "kotae_embedded_tokens_total": "Tokens embedded.",
    "kotae_truncated_texts_total": "Texts of which the end was cut because they were too long.",
    "kotae_refused_requests_total": "Requests refused because too much waited.",
    "kotae_queue_tokens": "Tokens that wait for the encoder.",
    "kotae_queue_requests": "Requests that wait for the encoder.",
    "kotae_queue_wait_seconds": "Time from a request's arrival at the encoder to its first batch.",
    "kotae_batch_texts": "Texts that were embedded together.",
    "kotae_batch_tokens": "Tokens that were embedded together.",
    "kotae_index_documents": "Documents of an index.",
    "kotae_index_vectors": "Vectors that an index searches.",
    "kotae_index_pending_vectors": "Vectors that are searched beside the FAISS file.",
    "kotae_index_generation": "Builds, compactions and foldings of an index.",
    "kotae_changed_documents_total": "Documents added, replaced and deleted.",
    "kotae_feedback_total": "Answers to whether a search helped.",
    "process_resident_memory_bytes": "Memory that the process holds.",
]
