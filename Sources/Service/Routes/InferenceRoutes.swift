internal import BiEncoder
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import NIOPosix
internal import Tensors
internal import Tokenization

/// Embeddings as clients of text-embeddings-inference ask for them, version 1.9
/// (https://huggingface.github.io/text-embeddings-inference). Its routes name no model: the default one
/// answers.
extension ServiceCore {
    var inferenceRoutes: [ServiceRoute] {
        [
            ServiceRoute(.post, "/embed") { [self] in try await inferenceEmbed($0, $1) },
            // Clients of Hugging Face's that are given the service's address alone post here.
            ServiceRoute(.post, "/") { [self] in try await inferenceEmbed($0, $1) },
            ServiceRoute(.post, "/similarity") { [self] in try await inferenceSimilarity($0, $1) },
            ServiceRoute(.post, "/tokenize") { [self] in try await inferenceTokenize($0, $1) },
            ServiceRoute(.get, "/info") { [self] _, _ in Response(try inferenceInformation()) },
        ]
    }

    /// The most bytes of texts in one request for their tokens, whose description takes a hundred times the
    /// room.
    private static let largestTokenization = 1 << 20

    private func inferenceEmbed(
        _ request: Request, _ context: ServiceContext
    ) async throws -> Response {
        let body = try await request.jsonObject(limit: configuration.maximumBody)
        let model = try models.model(named: nil)
        var size = try EmbeddingSize(body, of: model)
        let normalizes = try body.bool("normalize") ?? true
        guard normalizes || !model.encoder.folder.normalizes else {
            throw APIError.invalid(
                "normalize", "normalize is false, but the model \(model.name) scales its vectors itself")
        }
        size.scales = normalizes && !model.encoder.folder.normalizes
        let input = try inferenceInput(
            texts: inferenceTexts(body, "inputs"), parameters: body, model, parameter: "inputs")
        let (vectors, texts) = try await embed(input, with: model, for: context)
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for text in 0..<texts.count {
            if text > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONValue.append(
                size.applied(to: vectors[text * size.full..<(text + 1) * size.full]), to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
        return Response(json: bytes, headers: truncationHeaders(texts))
    }

    private func inferenceSimilarity(
        _ request: Request, _ context: ServiceContext
    ) async throws -> Response {
        let body = try await request.jsonObject(limit: configuration.maximumBody)
        let model = try models.model(named: nil)
        guard let inputs = body["inputs"]?.object, let source = inputs["source_sentence"]?.string,
            let sentences = try inputs.strings("sentences")
        else {
            throw APIError.invalid(
                "inputs", "inputs is not {\"source_sentence\": text, \"sentences\": [texts]}")
        }
        guard !sentences.isEmpty else { throw APIError.invalid("inputs", "sentences is empty") }
        let parameters = try body.optional("parameters", "an object", \.object) ?? [:]
        let input = try inferenceInput(
            texts: [source] + sentences, parameters: parameters, model, parameter: "inputs")
        let (vectors, texts) = try await embed(input, with: model, for: context)
        let width = model.encoder.dimensions
        let scores = (1..<texts.count).map { text in
            JSONValue.number(
                cosine(vectors[..<width], vectors[text * width..<(text + 1) * width]))
        }
        return Response(.array(scores), headers: truncationHeaders(texts))
    }

    private func inferenceTokenize(
        _ request: Request, _ context: ServiceContext
    ) async throws -> Response {
        let body = try await request.jsonObject(limit: configuration.maximumBody)
        let model = try models.model(named: nil)
        let texts = try inferenceTexts(body, "inputs")
        try checkBatch(texts.count, "inputs")
        guard texts.reduce(0, { $0 + $1.utf8.count }) <= Self.largestTokenization else {
            throw APIError.invalid(
                "inputs", "the texts have more than \(Self.largestTokenization) bytes together")
        }
        let addsSpecial = try body.bool("add_special_tokens") ?? true
        let prefix = try model.prefix(ofPrompt: body.string("prompt_name") ?? configuration.defaultPromptName)
        let tokenizer = model.encoder.tokenizer
        let tokenized = try await blocking {
            texts.map { text in
                JSONValue.array(
                    tokenizer.encode(prefix + text, maximumLength: nil, addSpecialTokens: addsSpecial)
                        .described(with: tokenizer))
            }
        }
        return Response(.array(tokenized))
    }

    private func inferenceInformation() throws -> JSONValue {
        let model = try models.model(named: nil)
        return [
            "model_id": .string(model.name), "model_sha": .null,
            "model_dtype": model.encoder.precision == .f32 ? "float32" : "bfloat16",
            "served_model_name": .string(model.name),
            "model_type": [
                "embedding": [
                    "pooling": .string(model.encoder.folder.pooling.map(\.rawValue).joined(separator: "+"))
                ]
            ],
            "max_concurrent_requests": .integer(configuration.maximumConnections),
            "max_input_length": .integer(model.encoder.maximumLength),
            "max_batch_tokens": .integer(BiEncoder.defaultBatchTokens * model.encoder.threads),
            "max_batch_requests": .null,
            "max_client_batch_size": .integer(configuration.maximumBatch), "auto_truncate": true,
            "tokenization_workers": .integer(pool.numberOfThreads), "version": "1.9.3", "sha": .null,
            "docker_label": .null,
        ]
    }

    private func inferenceTexts(_ body: JSONObject, _ parameter: String) throws -> [String] {
        if let text = body[parameter]?.string { return [text] }
        guard let texts = try body.strings(parameter) else {
            throw APIError.invalid(parameter, "\(parameter) is missing, expected a text or a list of texts")
        }
        return texts
    }

    private func inferenceInput(
        texts: [String], parameters: JSONObject, _ model: ServedModel, parameter: String
    ) throws -> ServedModel.Input {
        let direction = try parameters.string("truncation_direction") ?? "Right"
        guard direction.lowercased() == "right" else {
            throw APIError.invalid(
                "truncation_direction", "truncation_direction is \"\(direction)\"; only \"Right\" is there")
        }
        return ServedModel.Input(
            texts: texts,
            prefix: try model.prefix(
                ofPrompt: parameters.string("prompt_name") ?? configuration.defaultPromptName),
            truncates: try parameters.bool("truncate") ?? true, parameter: parameter)
    }
}

extension Encoding {
    /// Tokens with the bytes of the text that they stand for.
    fileprivate func described(with tokenizer: Tokenizer) -> [JSONValue] {
        ids.indices.map { index in
            let isSpecial = isSpecial[index]
            return [
                "id": .integer(Int(ids[index])),
                "text": .string(tokenizer.token(of: ids[index]) ?? ""),
                "special": .bool(isSpecial),
                "start": isSpecial ? .null : .integer(offsets[index].lowerBound),
                "stop": isSpecial ? .null : .integer(offsets[index].upperBound),
            ]
        }
    }
}
