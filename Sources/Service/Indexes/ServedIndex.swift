internal import BiEncoder
internal import Logging
internal import NIOPosix
internal import SemanticSearch
internal import Synchronization
internal import Tensors

/// An index that answers requests, with the model that it was built with.
///
/// Another process may build it anew meanwhile, with another model too, or put another folder in its
/// place: that is taken over between two requests.
final class ServedIndex: Sendable {
    let name: String
    let path: String
    /// Changes the index; nil where nobody may.
    let writer: IndexWriter?
    private let models: ServedModels
    private let logger: Logger
    private let state: Mutex<State>
    /// Held by the one thread that takes something over.
    private let takingOver = Mutex<Void>(())

    /// What belongs together at one time.
    struct State: Sendable {
        let index: SearchIndex
        let model: ServedModel
    }

    /// Opens the index and loads its model.
    ///
    /// - Throws: `IndexError`, `ModelError`.
    static func open(
        _ source: ServiceConfiguration.Index, writer: IndexWriter?, models: ServedModels, logger: Logger
    ) throws -> ServedIndex {
        let index = try open(source.path, isWritable: writer != nil)
        let state = State(index: index, model: try model(of: index, from: models))
        return ServedIndex(source, state, writer: writer, models: models, logger: logger)
    }

    private init(
        _ source: ServiceConfiguration.Index, _ state: State, writer: IndexWriter?,
        models: ServedModels, logger: Logger
    ) {
        name = source.name
        path = source.path
        self.writer = writer
        self.models = models
        self.logger = logger
        self.state = Mutex(state)
    }

    var current: State { state.withLock { $0 } }

    /// What a change is made to: what the folder holds now.
    func stateForWriting() throws -> State {
        try takeOver()
        return current
    }

    /// Requests are searched on threads of their own, each on one processor.
    private static func open(_ path: String, isWritable: Bool) throws -> SearchIndex {
        try SearchIndex(opening: path, writable: isWritable, threads: 1)
    }

    private static func model(of index: SearchIndex, from models: ServedModels) throws -> ServedModel {
        let known = index.manifest.model
        if let there = models.all.first(where: { $0.fingerprint == known.fingerprint }) { return there }
        let model = try models.load(
            folder: index.modelFolder(), precision: Precision(rawValue: known.precision) ?? .f32,
            maximumLength: known.maximumLength, prompts: known.prompts)
        try index.check(model.encoder)
        return model
    }

    /// Takes over what the folder holds by now, if that is something else.
    ///
    /// - Throws: what opening it does; what was there before goes on answering then.
    func takeOver() throws {
        try takingOver.withLock { _ in
            let former = current
            let index = former.index.isInPlace ? former.index : try Self.open(path, isWritable: writer != nil)
            let generation = former.index.manifest.generation
            let manifest = try index.refresh()
            let isSame = index === former.index && manifest.model.fingerprint == former.model.fingerprint
            if !isSame {
                let model = try Self.model(of: index, from: models)
                state.withLock { $0 = State(index: index, model: model) }
            }
            if !isSame || manifest.generation != generation {
                logger.info(
                    "took over a new generation",
                    metadata: [
                        "index": "\(name)", "generation": "\(manifest.generation)",
                        "documents": "\(manifest.documents)", "model": "\(current.model.name)",
                    ])
            }
        }
    }
}
