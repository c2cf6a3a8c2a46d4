import BiEncoder
import HTTPTypes
import HummingbirdTesting
import JSON
import NIOCore
import Service
import Testing

/// `/indexes/NAME/documents` and `/indexes/NAME/embeddings`.
@Suite struct LookupRoutesTests {
    @Test func `a document comes as it was given, whatever its id`() async throws {
        try await withService { service in
            let json = try await service.get("/indexes/faq/documents/password").json
            #expect(json == ["id": "password", "question": "how do i change my password",
                "alternates": ["cancel password", "where is my password"], "answer": "Here.",
                "fields": ["product": "app", "rank": 3]])
            let escaped = try await service.get("/indexes/faq/documents/%E6%99%82%2F1")
            #expect(try escaped.json["answer"] == "明日")
            #expect(try await service.get("/indexes/faq/documents/none").status == .notFound)
            #expect(try await service.get("/indexes/faq/documents/%FF").status == .badRequest)
        }
    }

    @Test func `a vector comes as JSON or as little-endian float32`() async throws {
        let expected = try tinyEncoder().embed("cancel my order")
        try await withService { service in
            let json = try await service.get("/indexes/faq/embeddings/order").json
            #expect(try json["id"] == "order" && numbers(json["embedding"]) == expected)
            #expect(json["texts"]?.array?.map { $0["text"]?.string } == ["cancel my order"])
            let octets = ["accept": "application/octet-stream"]
            let binary = try await service.get("/indexes/faq/embeddings/order", headers: octets)
            #expect(binary.floats == expected && binary.header("content-type") == "application/octet-stream")
            #expect(try await service.get("/indexes/faq/embeddings/none").status == .notFound)
            #expect(
                try await service.get("/indexes/faq/embeddings/none", headers: octets).status == .notFound)
        }
    }

    @Test func `many vectors come in the order of their ids`() async throws {
        let expected = try tinyEncoder().embed(["why not", "cancel my order"])
        try await withService { service in
            let body: JSONValue = ["ids": ["why", "order"]]
            let json = try await service.post("/indexes/faq/embeddings", body).json
            let found = try #require(json["embeddings"]?.array)
            #expect(try found.map { try numbers($0["embedding"]) } == [Array(expected[0]), Array(expected[1])])
            let binary = try await service.post(
                "/indexes/faq/embeddings", body, headers: ["accept": "application/octet-stream"])
            #expect(binary.floats == expected.values)
            let unknown = try await service.post("/indexes/faq/embeddings", ["ids": ["why", "no", "nor"]])
            #expect(unknown.status == .notFound)
            #expect(try unknown.json["error"]?["message"]?.string?.contains("\"no\", \"nor\"") == true)
        }
    }

    @Test func `what a client has already is not sent again`() async throws {
        try await withService { service in
            for path in ["/indexes/faq/documents/why", "/indexes/faq/embeddings/why"] {
                let first = try await service.get(path)
                let tag = try #require(first.header("etag"))
                let again = try await service.get(path, headers: ["if-none-match": "\"other\", \(tag)"])
                #expect(again.status == .notModified && again.body.readableBytes == 0)
                #expect(again.header("etag") == tag)
                #expect(try await service.get(path, headers: ["if-none-match": "\"other\""]).status == .ok)
            }
        }
    }
}
