import BiEncoder
import EmbeddingStore
import FoundationEssentials
import HTTPTypes
import HummingbirdTesting
import JSON
import SemanticSearch
import Service
import Testing

/// `/indexes/NAME/search`.
@Suite struct SearchRoutesTests {
    @Test func `a text finds what kotae search finds`() async throws {
        try await withService { service in
            let index = try searchedElsewhere(service.folder)
            for text in ["cancel my order", "password"] {
                let expected = try index.search(text, with: tinyEncoder(), limit: 3)
                let answer = try await service.post(
                    "/indexes/faq/search", ["query": .string(text), "k": 3])
                #expect(answer.status == .ok)
                let json = try answer.json
                #expect(json["query"]?.string == text && json["confident"]?.isNull == true)
                let hits = try #require(json["hits"]?.array)
                #expect(hits.map { $0["id"]?.string } == expected.map(\.document.id))
                #expect(hits.map { $0["score"]?.double } == expected.map { Double($0.score).shortestAsFloat32 })
                #expect(hits.map { $0["passage"]?.string } == expected.map(\.passage))
                let encoded = text.replacing(" ", with: "+")
                let got = try await service.get("/indexes/faq/search?q=\(encoded)&k=3")
                #expect(try got.json["hits"] == json["hits"])
            }
        }
    }

    @Test func `a vector finds what its text finds`() async throws {
        let vector = try tinyEncoder().embed("why not")
        try await withService { service in
            let byText = try await service.post("/indexes/faq/search", ["query": "why not"]).json
            let numbers = JSONValue.array(vector.map { .number(Double($0)) })
            let byVector = try await service.post("/indexes/faq/search", ["vector": numbers]).json
            #expect(byVector["hits"] == byText["hits"] && byText["hits"]?.array?.count == 5)
            let doubled = JSONValue.array(vector.map { .number(Double($0) * 2) })
            let scaled = try await service.post("/indexes/faq/search", ["vectors": [numbers, doubled]]).json
            #expect(scaled["results"]?.array?.count == 2)
        }
    }

    @Test func `several queries get an answer each, in their order`() async throws {
        try await withService { service in
            let json = try await service.post(
                "/indexes/faq/search", ["queries": ["why not", "cancel my order"], "k": 1]).json
            let results = try #require(json["results"]?.array)
            #expect(results.map { $0["query"]?.string } == ["why not", "cancel my order"])
            #expect(results.map { $0["hits"]?.array?[0]["id"]?.string } == ["why", "order"])
        }
    }

    @Test func `filters, words and fields narrow what comes`() async throws {
        try await withService { service in
            let filtered = try await service.post(
                "/indexes/faq/search", ["query": "why not", "where": ["product": "app"]]).json
            #expect(filtered["hits"]?.array?.map { $0["id"]?.string } == ["password"])
            let words = try await service.post(
                "/indexes/faq/search", ["query": "password", "lexical": true, "explain": true]).json
            #expect(words["hits"]?.array?.map { $0["id"]?.string } == ["password"])
            #expect(words["hits"]?.array?[0]["explanation"]?["words"]?.array?.isEmpty == false)
            let both = try await service.get("/indexes/faq/search?q=password&hybrid=true")
            #expect(try both.json["hits"]?.array?[0]["id"] == "password")
            let fields = try await service.post(
                "/indexes/faq/search",
                ["query": "password", "lexical": true, "fields": ["rank"], "include": ["fields"]]).json
            let hit = try #require(fields["hits"]?.array?[0].object)
            #expect(hit.keys == ["id", "score", "fields"] && hit["fields"] == ["rank": 3])
        }
    }

    @Test func `documents like a document leave that one out`() async throws {
        try await withService { service in
            let json = try await service.post("/indexes/faq/search", ["like": "order", "k": 1]).json
            #expect(json["like"] == "order" && json["confident"]?.isNull == true)
            #expect(json["hits"]?.array?.map { $0["id"]?.string } == ["twin"])
        }
    }

    @Test func `after a calibration it is told whether an answer may be shown`() async throws {
        try await withService(prepare: { folder in
            let index = try SearchIndex(opening: folder, writable: true)
            try index.keep(
                Calibration(
                    threshold: 0.99, precision: 0.9, confidence: 0.9, coverage: 0.5, questions: 10,
                    fingerprint: index.manifest.model.fingerprint))
        }, { service in
            let sure = try await service.post("/indexes/faq/search", ["query": "why not"]).json
            #expect(sure["confident"] == true)
            let unsure = try await service.post("/indexes/faq/search", ["query": "zebra rain"]).json
            #expect(unsure["confident"] == false && unsure["hits"]?.array?.isEmpty == false)
        })
    }

    @Test(arguments: [
        (#"{"query": "a", "k": 0}"#, "expected 1 to 1000"),
        (#"{"query": "a", "k": 1001}"#, "expected 1 to 1000"),
        (#"{"query": " "}"#, "empty text"),
        (#"{}"#, "give one of query, queries"),
        (#"{"query": "a", "like": "why"}"#, "give one of query, queries"),
        (#"{"query": "a", "limit": 3}"#, "unknown parameter \"limit\""),
        (#"{"query": "a", "where": {"product": {"$is": 1}}}"#, "unknown operator"),
        (#"{"query": "a", "where": {"colour": "red"}}"#, "there are: \"product\""),
        (#"{"query": "a", "hybrid": true, "lexical": true}"#, "exclude each other"),
        (#"{"query": "a", "ef_search": 0}"#, "ef_search is 0"),
        (#"{"query": "a", "include": ["score"]}"#, "known are question"),
        (#"{"vector": [1, 2]}"#, "has 2 elements, the index's vectors 48"),
        (#"{"vector": [1e39]}"#, "no finite float32"),
        (#"{"vector": [0, 0]}"#, "all zeros"),
        (#"{"vector": [1], "hybrid": true}"#, "wants a text"),
        (#"{"queries": []}"#, "queries is empty"),
        (#"{"query": "a""#, "line 1, column"),
        (#"[]"#, "expected an object"),
    ])
    func `a wrong search is refused with what would be right`(body: String, part: String) async throws {
        try await withService { service in
            let answer = try await service.send(.post, "/indexes/faq/search", body: body)
            #expect(answer.status == .badRequest)
            let error = try #require(try answer.json["error"]?.object)
            #expect(error.keys == ["code", "message", "param"])
            #expect(error["message"]?.string?.contains(part) == true, "\(error)")
        }
    }

    @Test func `unknown indexes and ids are not found`() async throws {
        try await withService { service in
            let unknown = try await service.post("/indexes/help/search", ["query": "a"])
            #expect(unknown.status == .notFound)
            #expect(try unknown.json["error"]?["message"]?.string?.contains("\"faq\"") == true)
            #expect(try await service.post("/indexes/faq/search", ["like": "none"]).status == .notFound)
        }
    }
}

/// A copy of the test's index, since a process opens a folder once.
func searchedElsewhere(_ folder: String) throws -> SearchIndex {
    let copy = folder + "-copy"
    try? FileManager.default.removeItem(atPath: copy)
    try FileManager.default.copyItem(atPath: folder, toPath: copy)
    return try SearchIndex(opening: copy, writable: true)
}
