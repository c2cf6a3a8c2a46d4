import BiEncoder
import EmbeddingStore
import FoundationEssentials
import HTTPTypes
import HummingbirdTesting
import JSON
import SemanticSearch
import Service
import Testing

/// Documents added, replaced and deleted over HTTP.
@Suite struct ChangeRoutesTests {
    @Test func `a service that is not writable refuses changes`() async throws {
        try await withService { service in
            let put = try await service.send(.put, "/indexes/faq/documents/new", body: #"{"question": "a"}"#)
            #expect(put.status == .forbidden)
            #expect(try await service.send(.delete, "/indexes/faq/documents/why").status == .forbidden)
            #expect(
                try await service.post("/indexes/faq/documents", ["documents": []]).status == .forbidden)
            #expect(
                try await service.post("/indexes/faq/deletions", ["ids": ["why"]]).status == .forbidden)
        }
    }

    @Test func `what is acknowledged is found by the next search, and by another process`() async throws {
        try await withService { $0.isWritable = true } _: { service in
            let body = #"{"question": "where is the parcel", "answer": "On its way.", "fields": {"n": 1}}"#
            let added = try await service.send(.put, "/indexes/faq/documents/parcel", body: body)
            #expect(added.status == .created)
            #expect(try added.json == ["id": "parcel", "replaced": false])
            let query: JSONValue = ["query": "where is the parcel", "k": 1]
            let found = try await service.post("/indexes/faq/search", query).json
            #expect(found["hits"]?.array?[0]["id"] == "parcel")
            #expect(found["hits"]?.array?[0]["fields"] == ["n": 1])

            let again = try await service.send(
                .put, "/indexes/faq/documents/parcel", body: #"{"question": "why my order"}"#)
            #expect(again.status == .ok)
            #expect(try again.json["replaced"] == true)
            #expect(try await service.get("/indexes/faq/documents/parcel").json["answer"]?.isNull == true)

            let copy = try searchedElsewhere(service.folder)
            #expect(try copy.document(withID: "parcel")?.question == "why my order")

            #expect(try await service.send(.delete, "/indexes/faq/documents/parcel").status == .ok)
            #expect(try await service.send(.delete, "/indexes/faq/documents/parcel").status == .notFound)
            #expect(try await service.get("/indexes/faq/documents/parcel").status == .notFound)
        }
    }

    @Test func `many documents change together or not at all`() async throws {
        try await withService { $0.isWritable = true } _: { service in
            let documents: JSONValue = [
                ["id": "a", "question": "the first one"], ["id": 7, "question": "the second one"],
                ["id": "why", "question": "why indeed"],
            ]
            let added = try await service.post("/indexes/faq/documents", ["documents": documents])
            #expect(try added.json == ["added": 2, "replaced": 1])
            #expect(try await service.get("/indexes/faq").json["documents"] == 7)
            let unknown = try await service.post("/indexes/faq/deletions", ["ids": ["a", "none"]])
            #expect(unknown.status == .notFound)
            #expect(try await service.get("/indexes/faq/documents/a").status == .ok)
            let deleted = try await service.post("/indexes/faq/deletions", ["ids": ["a", "7"]])
            #expect(try deleted.json == ["deleted": 2])
            #expect(try await service.get("/indexes/faq").json["documents"] == 5)
        }
    }

    @Test(arguments: [
        (#"{"documents": [{"question": "a"}]}"#, "no id"),
        (#"{"documents": [{"id": "a"}]}"#, "no question"),
        (#"{"documents": [{"id": "a", "question": " "}]}"#, "empty text"),
        (#"{"documents": [{"id": "a", "question": "b", "alternates": "c"}]}"#, "expected a list of strings"),
        (#"{"documents": [{"id": "a", "question": "b", "anser": "c"}]}"#, "unknown parameter \"anser\""),
        (#"{"documents": [{"id": "a", "question": "b"}, {"id": "a", "question": "c"}]}"#, "there twice"),
        (#"{"documents": ["a"]}"#, "document 1 is a string"),
    ])
    func `a wrong document is refused and nothing changes`(body: String, part: String) async throws {
        try await withService { $0.isWritable = true } _: { service in
            let answer = try await service.send(.post, "/indexes/faq/documents", body: body)
            #expect(answer.status == .badRequest)
            #expect(try answer.json["error"]?["message"]?.string?.contains(part) == true)
            #expect(try await service.get("/indexes/faq").json["documents"] == 5)
        }
    }

    @Test func `changes that come together are all made`() async throws {
        try await withService(.ahc()) { $0.isWritable = true } _: { service in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<24 {
                    group.addTask {
                        let body = #"{"question": "order no. \#(number)"}"#
                        let answer = try await service.send(
                            .put, "/indexes/faq/documents/n\(number)", body: body)
                        #expect(answer.status == .created)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await service.get("/indexes/faq").json["documents"] == 29)
        }
    }

    @Test func `another folder in the index's place is taken over between two requests`() async throws {
        try await withService { service in
            let other = service.folder + "-other"
            let document = Document(id: "new", question: "why not")
            _ = try SearchIndex.build(at: other, from: [document], with: tinyEncoder("bert-cls-f16"))
            try FileManager.default.moveItem(atPath: service.folder, toPath: service.folder + "-former")
            try FileManager.default.moveItem(atPath: other, toPath: service.folder)
            var hits: [JSONValue] = []
            for _ in 0..<50 where hits.count != 1 {
                let answer = try await service.post("/indexes/faq/search", ["query": "why not"])
                #expect(answer.status == .ok)
                hits = try #require(try answer.json["hits"]?.array)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(hits.map { $0["id"] } == ["new"])
            #expect(try await service.get("/indexes/faq").json["model"] == "bert-cls-f16")
        }
    }
}
