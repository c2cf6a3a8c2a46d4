import BiEncoder
import FoundationEssentials
import HTTPTypes
import HummingbirdTesting
import JSON
import Service
import TestSupport
import Testing

/// `/v1/embeddings` and `/v1/models`, as OpenAI's clients use them.
@Suite struct OpenAIRoutesTests {
    @Test func `a text gets the vector of kotae embed, to the bit`() async throws {
        let expected = try tinyEncoder().embed("cancel my order")
        try await withService { service in
            let answer = try await service.post(
                "/v1/embeddings", ["model": "bert-mean", "input": "cancel my order"])
            #expect(answer.status == .ok)
            let json = try answer.json
            #expect(json["object"] == "list" && json["model"] == "bert-mean")
            let item = try #require(json["data"]?.array?.first)
            #expect(item["object"] == "embedding" && item["index"] == 0)
            #expect(try numbers(item["embedding"]) == expected)
            let tokens = try #require(json["usage"]?["prompt_tokens"]?.integer)
            #expect(tokens > 2 && json["usage"]?["total_tokens"]?.integer == tokens)
        }
    }

    @Test func `texts come back in their order, as floats or as base64 of little-endian float32`() async throws {
        let texts = ["why not", "cancel my order", "why not", "who is in it"]
        let expected = try tinyEncoder().embed(texts)
        try await withService { service in
            let input = JSONValue.array(texts.map(JSONValue.string))
            let floats = try await service.post("/v1/embeddings", ["input": input]).json
            let base64 = try await service.post(
                "/v1/embeddings", ["input": input, "encoding_format": "base64"]).json
            for index in texts.indices {
                #expect(try numbers(floats["data"]?.array?[index]["embedding"]) == Array(expected[index]))
                let text = try #require(base64["data"]?.array?[index]["embedding"]?.string)
                let bytes = try #require(Data(base64Encoded: text))
                #expect(bytes == Array(expected[index]).withUnsafeBytes { Data($0) })
            }
        }
    }

    @Test func `fewer dimensions are the first ones, scaled to unit length`() async throws {
        let full = try tinyEncoder().embed("why not")
        try await withService { service in
            let json = try await service.post("/v1/embeddings", ["input": "why not", "dimensions": 8]).json
            let vector = try numbers(json["data"]?.array?.first?["embedding"])
            let length = full.prefix(8).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(vector.count == 8)
            for (found, whole) in zip(vector, full) {
                #expect(abs(Double(found) - Double(whole) / length) < 1e-6)
            }
        }
    }

    @Test(arguments: [
        (#"{"input": [101, 2054]}"#, "check_embedding_ctx_length=False", "input"),
        (#"{"input": [[101], [7]]}"#, "check_embedding_ctx_length=False", "input"),
        (#"{"input": ""}"#, "empty text", "input"),
        (#"{"input": ["a", " \n"]}"#, "empty text", "input"),
        (#"{"input": []}"#, "empty", "input"),
        (#"{"input": 7}"#, "a number, expected a text", "input"),
        (#"{}"#, "missing", "input"),
        (#"{"input": "a", "encoding_format": "hex"}"#, "expected float or base64", "encoding_format"),
        (#"{"input": "a", "dimensions": 0}"#, "has 48", "dimensions"),
        (#"{"input": "a", "dimensions": 49}"#, "has 48", "dimensions"),
        (#"{"input": "a", "dimensions": "8"}"#, "expected a whole number", "dimensions"),
    ])
    func `a wrong request is refused with what would be right`(
        body: String, part: String, parameter: String
    ) async throws {
        try await withService(documents: nil) { service in
            let answer = try await service.send(.post, "/v1/embeddings", body: body)
            #expect(answer.status == .badRequest)
            let error = try #require(try answer.json["error"]?.object)
            #expect(error.keys == ["message", "type", "param", "code"])
            #expect(error["message"]?.string?.contains(part) == true)
            #expect(error["param"]?.string == parameter)
            #expect(error["type"] == "invalid_request_error")
        }
    }

    @Test func `a text that is too long is cut and told of, or refused on demand`() async throws {
        let long = String(repeating: "order ", count: 200)
        try await withService(documents: nil) { service in
            let answer = try await service.post("/v1/embeddings", ["input": ["why", .string(long)]])
            #expect(answer.status == .ok && answer.header("kotae-truncated-texts") == "1")
            let refused = try await service.post(
                "/v1/embeddings", ["input": ["why", .string(long)], "truncate": false])
            #expect(refused.status == .badRequest)
            #expect(try refused.json["error"]?["message"]?.string?.contains("text 2 of input") == true)
            let short = try await service.post("/v1/embeddings", ["input": "why", "truncate": false])
            #expect(short.status == .ok && short.header("kotae-truncated-texts") == nil)
        }
    }

    @Test func `more texts than a request may have are refused`() async throws {
        try await withService(documents: nil) { $0.maximumBatch = 3 } _: { service in
            let three = JSONValue.array([JSONValue](repeating: "why", count: 3))
            #expect(try await service.post("/v1/embeddings", ["input": three]).status == .ok)
            let four = JSONValue.array([JSONValue](repeating: "why", count: 4))
            let refused = try await service.post("/v1/embeddings", ["input": four])
            #expect(refused.status == .badRequest)
            #expect(try refused.json["error"]?["code"] == "too_many_inputs")
        }
    }

    @Test func `requests pick among the models by name`() async throws {
        let expected = try tinyEncoder("bert-cls-f16").embed("why not")
        try await withService(documents: nil) { configuration in
            configuration.models.append(fixture("models/bert-cls-f16"))
        } _: { service in
            let models = try await service.get("/v1/models").json
            #expect(models["data"]?.array?.map { $0["id"]?.string } == ["bert-mean", "bert-cls-f16"])
            #expect(try await service.get("/v1/models/bert-cls-f16").json["object"] == "model")
            let answer = try await service.post(
                "/v1/embeddings", ["input": "why not", "model": "bert-cls-f16"])
            #expect(try numbers(answer.json["data"]?.array?.first?["embedding"]) == expected)
            let unknown = try await service.post("/v1/embeddings", ["input": "a", "model": "gpt"])
            #expect(unknown.status == .notFound)
            #expect(try unknown.json["error"]?["code"] == "model_not_found")
            #expect(try unknown.json["error"]?["message"]?.string?.contains("\"bert-mean\"") == true)
        }
    }

    @Test func `no prompt is used unless one is asked for`() async throws {
        let encoder = try tinyEncoder("bert-prompts")
        for (name, prefix) in [(nil, ""), ("query", "query: ")] {
            let expected = try encoder.embed(encoder.tokenize(["why not"], prefix: prefix)).values
            try await withService(documents: nil) { configuration in
                configuration.models = [fixture("models/bert-prompts")]
                configuration.defaultPromptName = name
            } _: { service in
                let answer = try await service.post("/v1/embeddings", ["input": "why not"])
                #expect(try numbers(answer.json["data"]?.array?.first?["embedding"]) == expected)
            }
        }
    }
}
