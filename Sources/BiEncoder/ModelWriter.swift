internal import Files
internal import Glibc
internal import JSON
internal import Tensors

extension BiEncoder {
    /// The names of files that are copied as they are from the model that was trained.
    private static let copied = [
        "config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.txt", "sentencepiece.bpe.model", "spiece.model",
    ]

    /// Writes a model in training as a sentence-transformers folder that loads from version 2.4 on,
    /// and in other software: with the keys that were written before 5.4, which newer versions read
    /// too.
    ///
    /// Tensors that take no part in training keep their numbers.
    /// - Parameters:
    ///   - path: a folder that does not exist yet.
    ///   - card: the text of `README.md`.
    /// - Throws: `FileError`, or `ModelError` when the base model cannot be read.
    package func write(to path: String, card: String) throws {
        guard mkdir(path, 0o777) == 0 else { throw FileError(path) }
        for name in Self.copied {
            let source = join(folder.transformerPath, name)
            if exists(source) { try copyFile(source, to: join(path, name)) }
        }
        try writeModules(to: path)
        try writeWeights(to: path)
        try DurableFile.write(card, to: join(path, "README.md"))
    }

    private func writeModules(to path: String) throws {
        func write(_ value: JSONValue, _ name: String) throws {
            try DurableFile.write(value.description + "\n", to: join(path, name))
        }
        func makeFolder(_ name: String) throws {
            guard mkdir(join(path, name), 0o777) == 0 else {
                throw FileError(join(path, name))
            }
        }
        func module(_ index: Int, _ folder: String, _ type: String) -> JSONValue {
            [
                "idx": .integer(index), "name": .string("\(index)"), "path": .string(folder),
                "type": .string("sentence_transformers.models.\(type)"),
            ]
        }
        var modules = [module(0, "", "Transformer"), module(1, "1_Pooling", "Pooling")]
        for layer in folder.dense { modules.append(module(modules.count, layer.path, "Dense")) }
        let normalize = "\(modules.count)_Normalize"
        if folder.normalizes { modules.append(module(modules.count, normalize, "Normalize")) }
        try write(.array(modules), "modules.json")
        try write(
            ["max_seq_length": .integer(maximumLength), "do_lower_case": false],
            "sentence_bert_config.json")
        try makeFolder("1_Pooling")
        let keys: [(String, Pooling)] = [
            ("cls_token", .cls), ("mean_tokens", .mean), ("max_tokens", .max),
            ("mean_sqrt_len_tokens", .meanSqrtLength), ("weightedmean_tokens", .weightedMean),
            ("lasttoken", .lastToken),
        ]
        var pooling: [(key: String, value: JSONValue)] = [
            ("word_embedding_dimension", .integer(architecture.hiddenSize))
        ]
        pooling += keys.map { ("pooling_mode_\($0.0)", .bool(folder.pooling.contains($0.1))) }
        pooling.append(("include_prompt", .bool(folder.includesPrompt)))
        try write(.object(JSONObject(pooling)), "1_Pooling/config.json")
        for layer in folder.dense {
            try makeFolder(layer.path)
            try write(
                [
                    "in_features": .integer(layer.inputs), "out_features": .integer(layer.outputs),
                    "bias": .bool(layer.hasBias), "activation_function": .string(layer.activation.name),
                ], "\(layer.path)/config.json")
        }
        if folder.normalizes { try makeFolder(normalize) }
        try write(
            [
                "prompts": .object(
                    JSONObject(folder.prompts.named.map { ($0.name, .string($0.prefix)) })),
                "default_prompt_name": folder.prompts.defaultName.map { .string($0) } ?? .null,
                "similarity_fn_name": "cosine",
            ], "config_sentence_transformers.json")
    }

    /// One file for the transformer, and one for each layer after pooling.
    private func writeWeights(to path: String) throws {
        let original = try ModelWeights(of: folder)
        let trained = Set(parameters?.entries.map(\.name) ?? [])
        // Kept alive until the files are written: the outputs point into them.
        var others: [(name: String, values: Parameter)] = []
        for name in original.names where !trained.contains(name) {
            guard let tensor = original[name], [.f32, .f16, .bf16].contains(tensor.type),
                !tensor.shape.contains(0)
            else { continue }
            others.append((name, try original.parameter(name, shape: tensor.shape)))
        }
        var outputs: [Safetensors.Output] = []
        for entry in parameters?.entries ?? [] {
            _ = parameters?.withNumbers(of: entry) { numbers in
                outputs.append(.init(name: entry.name, shape: entry.shape, values: numbers))
            }
        }
        for (name, values) in others {
            values.withValues { span in
                span.withUnsafeBufferPointer {
                    outputs.append(.init(name: name, shape: values.shape, values: $0))
                }
            }
        }
        try withExtendedLifetime((parameters, others)) {
            let layers = folder.dense.map { $0.path + "/" }
            for prefix in [""] + layers {
                let own = prefix.isEmpty
                    ? outputs.filter { output in !layers.contains { output.name.hasPrefix($0) } }
                    : outputs.filter { $0.name.hasPrefix(prefix) }
                try Safetensors.write(
                    own.map {
                        .init(name: String($0.name.dropFirst(prefix.count)), shape: $0.shape, values: $0.values)
                    }, to: join(path, prefix + "model.safetensors"))
            }
        }
    }

    private func copyFile(_ source: String, to target: String) throws {
        let file = try MappedFile(source)
        try DurableFile.write(to: target) { write in try write(file.bytes) }
    }
}
