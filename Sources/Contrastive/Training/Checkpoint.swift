internal import BiEncoder
internal import JSON
internal import Tensors

/// A training's numbers and state in one safetensors file: parameters under their own names, AdamW's
/// moments under `mean.NAME` and `square.NAME`, the state as JSON in the metadata.
enum Checkpoint {
    /// - Parameters:
    ///   - identity: what must be the same for the training to go on; see `TrainingIdentity`.
    /// - Throws: `FileError` when it cannot be written; the former checkpoint stays then.
    static func write(
        _ parameters: TrainableParameters, _ state: TrainingState, identity: JSONValue,
        to path: String
    ) throws {
        try write(
            parameters, parts: [.value, .mean, .square],
            metadata: [("state", state.json.description), ("identity", identity.description)],
            to: path)
    }

    /// The parameters alone.
    static func writeValues(_ parameters: TrainableParameters, to path: String) throws {
        try write(parameters, parts: [.value], metadata: [], to: path)
    }

    private static func write(
        _ parameters: TrainableParameters, parts: [TrainableParameters.Part],
        metadata: [(key: String, value: String)], to path: String
    ) throws {
        var outputs: [Safetensors.Output] = []
        for entry in parameters.entries {
            for part in parts {
                _ = parameters.withNumbers(of: entry, part) { numbers in
                    outputs.append(
                        .init(name: name(entry, part), shape: entry.shape, values: numbers))
                }
            }
        }
        // The outputs point into the parameters.
        try withExtendedLifetime(parameters) {
            try Safetensors.write(outputs, metadata: metadata, to: path)
        }
    }

    private static func name(
        _ entry: TrainableParameters.Entry, _ part: TrainableParameters.Part
    ) -> String {
        switch part {
        case .value, .gradient: entry.name
        case .mean: "mean.\(entry.name)"
        case .square: "square.\(entry.name)"
        }
    }

    /// What a checkpoint says before its numbers are read.
    static func read(_ path: String) throws -> (state: TrainingState, identity: JSONValue, file: Safetensors) {
        let file = try Safetensors(contentsOf: path)
        func value(_ key: String) -> JSONValue? {
            file.metadata[key]?.string.flatMap { text in
                if case .success(let value) = Result(catching: { try JSONValue(parsing: text) }) { value } else { nil }
            }
        }
        guard let state = value("state").flatMap(TrainingState.init), let identity = value("identity")
        else { throw ModelError(path, "this is not a checkpoint of a training") }
        return (state, identity, file)
    }

    /// Puts the numbers of a file in the place of those in training.
    ///
    /// - Parameter moments: whether AdamW's are in the file.
    static func restore(
        _ parameters: TrainableParameters, from file: some TensorSource, moments: Bool
    ) throws {
        try parameters.restore { entry, part, memory in
            guard part == .value || moments && part != .gradient else { return }
            let stored = try file.parameter(name(entry, part), shape: entry.shape)
            stored.withValues { span in
                span.withUnsafeBufferPointer { _ = memory.update(fromContentsOf: $0) }
            }
        }
    }
}
