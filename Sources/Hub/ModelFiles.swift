internal import BiEncoder
internal import JSON

/// Which of a model's files make it a sentence encoder.
struct ModelFiles {
    /// Those beside the modules.
    private static let common = ["modules.json", "config_sentence_transformers.json"]

    /// Those of a transformer, beside its weights.
    private static let transformer = [
        "added_tokens.json", "config.json", "sentence_bert_config.json", "sentencepiece.bpe.model",
        "special_tokens_map.json", "spiece.model", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
    ]

    /// The names of weights, the first of which that is there is taken; those that end with ".json" name others.
    private static let weights = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
    ]

    /// - Parameters:
    ///   - listing: what there is.
    ///   - content: fetches a JSON file and gives its content.
    /// - Returns: names, sorted.
    /// - Throws: `HubError.unsuitable` when something is missing without which no encoder loads.
    static func choose(
        from listing: Listing, of model: HubName, content: (String) async throws -> JSONValue
    ) async throws -> [String] {
        let modules: [Module]
        if listing.files.contains("modules.json") {
            modules = try Module.list(try await content("modules.json"))
        } else {
            modules = [Module(isTransformer: true, path: "")]
        }
        var chosen = Set(common).intersection(listing.files)
        for module in modules {
            guard module.isTransformer || !module.path.isEmpty else { continue }
            let names = module.isTransformer ? transformer : ["config.json"]
            chosen.formUnion(listing.files.intersection(names.map(module.file)))
            if module.isTransformer, !listing.files.contains(module.file("config.json")) {
                throw HubError.unsuitable(
                    model.description, reason: "it has no \(module.file("config.json")), so it is no sentence encoder")
            }
            guard let name = weights.map(module.file).first(where: listing.files.contains) else {
                guard module.isTransformer else { continue }
                let known = weights.map(module.file).joined(separator: ", ")
                throw HubError.unsuitable(
                    model.description, reason: "it has no weights that Kotae reads: none of \(known)")
            }
            chosen.insert(name)
            guard name.hasSuffix(".json") else { continue }
            for part in try parts(try await content(name), of: name).sorted() {
                guard listing.files.contains(module.file(part)) else {
                    throw HubError.unsuitable(
                        model.description, reason: "\(name) names \(quoted(part)), which the model does not have")
                }
                chosen.insert(module.file(part))
            }
        }
        return chosen.sorted()
    }

    /// The files that an index of weights names.
    private static func parts(_ index: JSONValue, of name: String) throws(HubError) -> Set<String> {
        guard let map = index["weight_map"]?.object, !map.members.isEmpty else {
            throw .invalidAnswer(name, reason: "weight_map is missing: it names the file of each tensor")
        }
        var parts: Set<String> = []
        for (tensor, part) in map.members {
            guard let part = part.string, isInnerPath(part), !part.contains("/") else {
                throw .invalidAnswer(
                    name,
                    reason: "weight_map: the file of \(quoted(tensor)) is \(quoted("\(part)")), no name of a file "
                        + "beside it")
            }
            parts.insert(part)
        }
        return parts
    }
}
