import BiEncoder
import EmbeddingStore
import FoundationEssentials
import JSON
import SemanticSearch
import TestSupport
import Testing

@Suite struct `A search index` {
    @Test(arguments: [1, 2, 37])
    func `ranks documents by the cosine of their best passage`(count: Int) throws {
        let encoder = try tinyEncoder()
        let documents = someDocuments(count)
        try withTemporaryFolder { folder in
            let manifest = try SearchIndex.build(at: "\(folder)/i", from: documents, with: encoder)
            #expect(manifest.documents == count)
            let index = try SearchIndex(opening: "\(folder)/i")
            for query in ["order 1", "change my password", "注文を変更したい"] {
                let vector = try encoder.embed(query)
                let expected = try documents.map { document in
                    try ([document.question] + document.alternates).map {
                        (id: document.id, text: $0, score: product(vector[...], try encoder.embed($0)[...]))
                    }.max { $0.score < $1.score }!
                }.sorted { $0.score > $1.score }
                let hits = try index.search(query, with: encoder, limit: 10)
                #expect(hits.map(\.document.id) == expected.prefix(10).map(\.id))
                #expect(hits.map(\.passage) == expected.prefix(10).map(\.text))
                for (hit, reference) in zip(hits, expected) {
                    #expect(abs(Double(hit.score) - reference.score) < 1e-6)
                }
            }
        }
    }

    @Test func `returns every document once when asked for more than there are`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: someDocuments(25), with: encoder)
            let index = try SearchIndex(opening: folder)
            for limit in [25, 26, 1000, Int.max] {
                let hits = try index.search("order", with: encoder, limit: limit)
                #expect(Set(hits.map(\.document.id)).count == 25)
                #expect(hits.count == 25)
            }
            #expect(throws: IndexError.self) { try index.search("order", with: encoder, limit: 0) }
        }
    }

    @Test func `keeps one vector for equal texts and finds all documents that have them`() throws {
        let encoder = try tinyEncoder()
        let documents = [
            Document(id: "a", question: "reset my password"),
            Document(id: "b", question: "Reset my PASSWORD", alternates: ["other words", "reset my password"]),
            Document(id: "c", question: "something else"),
        ]
        try withTemporaryFolder { folder in
            let manifest = try SearchIndex.build(at: folder, from: documents, with: encoder)
            // The tokenizer lower-cases, so the encoder sees the same input.
            #expect(manifest.vectors == 3)
            #expect(manifest.passages == 5)
            let hits = try SearchIndex(opening: folder).search(
                "reset my password", with: encoder, minimumScore: 0.9999)
            #expect(hits.map(\.document.id) == ["a", "b"])
        }
    }

    @Test func `keeps documents whole, and canonically equivalent ids apart`() throws {
        let encoder = try tinyEncoder()
        let documents = [
            Document(
                id: "é", question: "q one", answer: nil,
                fields: ["z": 1, "a": ["nested": [nil, true, 2.5, "text"]]]),
            Document(id: "e\u{301}", question: "q two", answer: ""),
        ]
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: documents, with: encoder)
            let index = try SearchIndex(opening: folder)
            let hits = try index.search("q one", with: encoder)
            #expect(hits.first?.document == documents[0])
            #expect(hits.last?.document == documents[1])
            #expect(try index.embeddings(of: ["e\u{301}"])[0].entries[0].text == "q two")
        }
    }

    @Test func `gives the stored vectors of documents by id`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: someDocuments(7), with: encoder)
            let index = try SearchIndex(opening: folder)
            let found = try index.embeddings(of: ["doc-3", "doc-0", "doc-3"])
            #expect(found.map(\.id) == ["doc-3", "doc-0", "doc-3"])
            #expect(found[0].entries.map(\.kind) == [.question, .alternate])
            for document in found {
                for entry in document.entries { #expect(try entry.vector == encoder.embed(entry.text)) }
            }
            let error = #expect(throws: IndexError.self) {
                try index.embeddings(of: ["doc-1", "x", "doc-99", "é"])
            }
            #expect(error?.kind == .unknownIDs)
            #expect(error?.reason.contains(#""x", "doc-99", "é""#) == true)
        }
    }

    @Test func `of a model that does not normalize holds vectors of length 1`() throws {
        let encoder = try tinyEncoder("bert-cls-f16")
        #expect(!encoder.folder.normalizes)
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: someDocuments(5), with: encoder)
            let index = try SearchIndex(opening: folder)
            let vector = try index.embeddings(of: ["doc-2"])[0].entries[0].vector
            #expect(abs(product(vector[...], vector[...]) - 1) < 1e-6)
            let hits = try index.search("how do i change order 2", with: encoder, limit: 1)
            #expect(hits[0].document.id == "doc-2")
            #expect(abs(hits[0].score - 1) < 1e-6)
        }
    }

    @Test func `uses the prompts of passages and of queries`() throws {
        let encoder = try tinyEncoder("bert-prompts")
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: someDocuments(5), with: encoder)
            let index = try SearchIndex(opening: folder)
            let stored = try index.embeddings(of: ["doc-1"])[0].entries[0]
            #expect(try stored.vector == encoder.embed("passage: " + stored.text))
            let query = try encoder.embed("query: order")
            let hit = try index.search("order", with: encoder, limit: 1)[0]
            let passage = try encoder.embed("passage: " + hit.passage)
            #expect(abs(Double(hit.score) - product(query[...], passage[...])) < 1e-6)
        }
    }

    @Test func `is refused to another model, or to another length of the same`() throws {
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: someDocuments(3), with: tinyEncoder())
            let index = try SearchIndex(opening: folder)
            #expect(throws: Never.self) { try index.check(tinyEncoder()) }
            for other in [try tinyEncoder("bert-prompts"), try tinyEncoder(maximumLength: 32)] {
                let error = #expect(throws: IndexError.self) { try index.check(other) }
                #expect(error?.kind == .otherModel)
            }
        }
    }
}
