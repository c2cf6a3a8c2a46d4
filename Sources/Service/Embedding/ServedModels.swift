internal import BiEncoder
internal import HTTPTypes
internal import Metrics
internal import SemanticSearch
internal import Synchronization
internal import Tensors

/// The models of a service, by name.
final class ServedModels: Sendable {
    private let configuration: ServiceConfiguration
    private let factory: any MetricsFactory
    /// In the order in which they were loaded; the first is the default.
    private let models = Mutex<[ServedModel]>([])

    init(_ configuration: ServiceConfiguration, factory: any MetricsFactory) {
        self.configuration = configuration
        self.factory = factory
    }

    /// Those that are served now.
    var all: [ServedModel] { models.withLock { $0 } }

    /// The model that requests name.
    ///
    /// - Parameter name: nil for the default.
    /// - Throws: `APIError` with 404 when there is none.
    func model(named name: String?) throws -> ServedModel {
        let all = self.all
        if let name, let model = all.first(where: { $0.name == name }) { return model }
        if name == nil, let first = all.first { return first }
        let names = all.map { "\"\($0.name)\"" }.joined(separator: ", ")
        throw APIError(
            .notFound, "model_not_found",
            "there is no model \"\(name ?? "")\" here; "
                + (names.isEmpty ? "this service has none" : "there are: \(names)"),
            parameter: "model")
    }

    /// Loads a model, unless the same one is there already.
    ///
    /// - Parameters:
    ///   - folder: where it is.
    ///   - maximumLength: nil for the folder's own.
    ///   - prompts: which prefixes texts get.
    /// - Throws: `ModelError`.
    func load(
        folder: String, precision: Precision, maximumLength: Int? = nil, prompts: PromptChoice = .automatic
    ) throws -> ServedModel {
        let threads = configuration.threads ?? Arithmetic.processors
        let encoder = try BiEncoder(
            modelAt: folder, precision: configuration.precision ?? precision, threads: threads,
            maximumLength: maximumLength, prompts: prompts)
        let fingerprint = try encoder.fingerprint()
        return models.withLock { models in
            if let same = models.first(where: {
                $0.fingerprint == fingerprint && $0.encoder.precision == encoder.precision
            }) {
                return same
            }
            let name = Self.name(of: folder, besides: models.map(\.name))
            let queue = EmbeddingQueue(
                encoder, threads: threads, maximumTokens: configuration.maximumQueue,
                metrics: EmbeddingMetrics(model: name, factory: factory))
            let model = ServedModel(name: name, encoder, fingerprint: fingerprint, queue: queue)
            models.append(model)
            return model
        }
    }

    /// What the model in a folder is called, with a number where that is taken.
    private static func name(of folder: String, besides names: [String]) -> String {
        let name = ModelFolder.name(of: folder)
        guard names.contains(name) else { return name }
        var number = 2
        while names.contains("\(name)-\(number)") { number += 1 }
        return "\(name)-\(number)"
    }
}
