internal import BiEncoder
internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore

/// Embeddings as OpenAI's clients ask for them
/// (https://platform.openai.com/docs/api-reference/embeddings).
extension ServiceCore {
    var openAIRoutes: [ServiceRoute] {
        [
            ServiceRoute(.post, "/v1/embeddings") { [self] in try await openAIEmbeddings($0, $1) },
            ServiceRoute(.get, "/v1/models") { [self] _, _ in
                Response(["object": "list", "data": .array(models.all.map(\.openAIDescription))])
            },
            ServiceRoute(.get, "/v1/models/{model}") { [self] _, context in
                Response(try models.model(named: context.pathPart("model")).openAIDescription)
            },
        ]
    }

    private func openAIEmbeddings(
        _ request: Request, _ context: ServiceContext
    ) async throws -> Response {
        let body = try await request.jsonObject(limit: configuration.maximumBody)
        let model = try models.model(named: body.string("model"))
        let encoding = try body.string("encoding_format") ?? "float"
        guard encoding == "float" || encoding == "base64" else {
            throw APIError.invalid(
                "encoding_format", "encoding_format is \"\(encoding)\", expected float or base64")
        }
        let size = try EmbeddingSize(body, of: model)
        let input = ServedModel.Input(
            texts: try openAIInput(body["input"]),
            prefix: try model.prefix(ofPrompt: configuration.defaultPromptName),
            truncates: try body.bool("truncate") ?? true)
        let (vectors, texts) = try await embed(input, with: model, for: context)

        var bytes = Array(#"{"object":"list","data":["#.utf8)
        for text in 0..<texts.count {
            if text > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: #"{"object":"embedding","index":\#(text),"embedding":"#.utf8)
            let vector = size.applied(to: vectors[text * size.full..<(text + 1) * size.full])
            if encoding == "base64" {
                let base64 = vector.withUnsafeBytes { Data($0).base64EncodedString() }
                bytes.append(contentsOf: "\"\(base64)\"".utf8)
            } else {
                JSONValue.append(vector, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
        let tokens = (0..<texts.count).reduce(0) { $0 + texts[$1].count }
        let usage: JSONValue = ["prompt_tokens": .integer(tokens), "total_tokens": .integer(tokens)]
        bytes.append(contentsOf: #"],"model":\#(JSONValue.string(model.name)),"usage":\#(usage)}"#.utf8)
        return Response(json: bytes, headers: truncationHeaders(texts))
    }

    /// Texts, or one text. Lists of numbers are tokens of OpenAI's own models.
    private func openAIInput(_ value: JSONValue?) throws -> [String] {
        switch value {
        case .string(let text)?: return [text]
        case .array(let elements)?:
            let texts = elements.compactMap(\.string)
            if texts.count == elements.count { return texts }
            guard elements.contains(where: { $0.integer != nil || $0.array != nil }) else { break }
            throw APIError(
                .badRequest, "token_input",
                "input holds token ids, which are those of another model's tokenizer; send texts. With "
                    + "LangChain's OpenAIEmbeddings set check_embedding_ctx_length=False",
                parameter: "input")
        default: break
        }
        throw APIError.invalid(
            "input", "input is \(value?.kind ?? "missing"), expected a text or a list of texts")
    }

    /// Tells how many texts were cut, when any were.
    func truncationHeaders(_ texts: TokenizedTexts) -> HTTPFields {
        var headers = HTTPFields()
        let cut = texts.cut.count { $0 > 0 }
        if cut > 0 { headers.set(.truncatedTexts, to: "\(cut)") }
        return headers
    }
}

extension ServedModel {
    fileprivate var openAIDescription: JSONValue {
        [
            "id": .string(name), "object": "model", "created": 0, "owned_by": "kotae",
            "dimensions": .integer(encoder.dimensions), "max_tokens": .integer(encoder.maximumLength),
            "fingerprint": .string(fingerprint),
        ]
    }
}
