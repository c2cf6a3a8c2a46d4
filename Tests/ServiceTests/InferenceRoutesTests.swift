import BiEncoder
import HTTPTypes
import HummingbirdTesting
import JSON
import Service
import TestSupport
import Testing

/// `/embed`, `/similarity`, `/tokenize` and `/info`, as text-embeddings-inference has them.
@Suite struct InferenceRoutesTests {
    @Test(arguments: ["/embed", "/"])
    func `texts get the vectors of kotae embed, scaled to unit length`(path: String) async throws {
        let encoder = try tinyEncoder()
        var embeddings = try encoder.embed(["why not", "cancel my order"])
        if !encoder.folder.normalizes { embeddings.scaleToUnitLength() }
        let expected = [Array(embeddings[0]), Array(embeddings[1])]
        try await withService(documents: nil) { service in
            let many = try await service.post(path, ["inputs": ["why not", "cancel my order"]]).json
            #expect(try many.array?.map { try numbers($0) } == expected)
            let one = try await service.post(path, ["inputs": "why not", "truncate": true])
            #expect(try one.json.array?.map { try numbers($0) } == [expected[0]])
        }
    }

    @Test func `what clients leave open may be null`() async throws {
        try await withService(documents: nil) { service in
            let body: JSONValue = [
                "inputs": "why", "normalize": nil, "prompt_name": nil, "truncate": nil,
                "truncation_direction": nil, "dimensions": nil,
            ]
            let answer = try await service.post("/embed", body)
            #expect(answer.status == .ok)
        }
    }

    @Test func `similarity is the cosine of each sentence`() async throws {
        try await withService(documents: nil) { service in
            let body: JSONValue = [
                "inputs": ["source_sentence": "why not", "sentences": ["why not", "cancel my order"]]
            ]
            let scores = try await service.post("/similarity", body).json.array?.compactMap(\.double)
            #expect(scores?.count == 2 && abs((scores?[0] ?? 0) - 1) < 1e-6 && scores?[1] ?? 1 < 1)
        }
    }

    @Test func `tokens come with the bytes of the text that they stand for`() async throws {
        try await withService(documents: nil) { service in
            let json = try await service.post("/tokenize", ["inputs": "why not"]).json
            let tokens = try #require(json.array?.first?.array)
            #expect(tokens.first?["special"] == true && tokens.first?["start"]?.isNull == true)
            let why = try #require(tokens.dropFirst().first)
            #expect(why["special"] == false && why["start"] == 0)
            let bare = try await service.post(
                "/tokenize", ["inputs": ["why not"], "add_special_tokens": false]).json
            #expect(bare.array?.first?.array?.count == tokens.count - 2)
        }
    }

    @Test func `the model and the limits are told`() async throws {
        try await withService(documents: nil) { service in
            let json = try await service.get("/info").json
            #expect(json["model_id"] == "bert-mean" && json["max_input_length"] == 48)
            #expect(json["model_type"]?["embedding"]?["pooling"] == "mean")
        }
    }

    @Test(arguments: [
        ("/embed", #"{"inputs": ""}"#, "Empty"), ("/embed", #"{"inputs": []}"#, "Validation"),
        ("/embed", #"{"inputs": "a", "truncation_direction": "Left"}"#, "Validation"),
        ("/embed", #"{"inputs": "a", "prompt_name": "none"}"#, "Validation"),
        ("/similarity", #"{"inputs": {"source_sentence": "a"}}"#, "Validation"),
        ("/similarity", #"{"inputs": {"source_sentence": "a", "sentences": []}}"#, "Validation"),
        ("/tokenize", "{}", "Validation"),
    ])
    func `errors are told as text-embeddings-inference tells them`(
        path: String, body: String, type: String
    ) async throws {
        try await withService(documents: nil) { service in
            let answer = try await service.send(.post, path, body: body)
            #expect(answer.status == .badRequest)
            let json = try #require(try answer.json.object)
            #expect(json.keys == ["error", "error_type"] && json["error_type"]?.string == type)
        }
    }
}
