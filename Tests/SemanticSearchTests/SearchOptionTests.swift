import BiEncoder
import EmbeddingStore
import Filters
import JSON
import SemanticSearch
import TestSupport
import Testing

@Suite struct `A search` {
    private static let documents = [
        Document(id: "a", question: "reset my password", fields: ["area": "login", "year": 2024]),
        Document(
            id: "b", question: "change the order", alternates: ["password of an order"],
            answer: "Error E-1042 means that the order is closed.", fields: ["area": "shop", "year": 2025]),
        Document(id: "c", question: "パスワードを忘れた", fields: ["area": "login", "year": 2026]),
        Document(id: "d", question: "delete an order", answer: "Reset it.", fields: ["tags": ["x", "y"]]),
    ]

    private func withIndex(_ body: (SearchIndex, BiEncoder) throws -> Void) throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: Self.documents, with: encoder)
            try body(SearchIndex(opening: folder), encoder)
        }
    }

    private func options(_ filter: String) throws -> SearchOptions {
        var options = SearchOptions()
        options.filter = try FieldFilter(parsing: filter)
        return options
    }

    @Test func `with a filter finds what the filter accepts, in the same order`() throws {
        try withIndex { index, encoder in
            let all = try index.search("order", with: encoder)
            for (filter, ids) in [
                (#"{"area": "login"}"#, ["a", "c"]), (#"{"year": {"$gte": 2025}}"#, ["b", "c"]),
                (#"{"tags": "y"}"#, ["d"]), (#"{"area": "none"}"#, []),
            ] {
                let found = try index.search("order", with: encoder, options: options(filter))
                #expect(found == all.filter { ids.contains($0.document.id) })
                let words = try index.search(words: "order password reset", options: options(filter))
                #expect(Set(words.map(\.document.id)).isSubset(of: ids))
            }
        }
    }

    @Test func `with a filter that few documents meet finds them among many`() throws {
        let encoder = try tinyEncoder()
        let documents = (0..<3000).map { number in
            Document(
                id: "\(number)", question: "order \(number) of \(number % 7)",
                alternates: ["another \(number)", "number \(number) again"],
                fields: ["rare": .bool(number % 1000 == 999)])
        }
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: documents, with: encoder)
            let found = try SearchIndex(opening: folder)
                .search("order", with: encoder, options: options(#"{"rare": true}"#))
            #expect(Set(found.map(\.document.id)) == ["999", "1999", "2999"])
        }
    }

    @Test func `with a filter on a field that no document has says which there are`() throws {
        try withIndex { index, encoder in
            let error = #expect(throws: IndexError.self) {
                try index.search("order", with: encoder, options: options(#"{"aera": "login"}"#))
            }
            #expect(error?.reason == #"no document has a field "aera"; there are: "area", "tags", "year""#)
        }
    }

    @Test func `like a document leaves that document out`() throws {
        try withIndex { index, encoder in
            let expected = try index.search("reset my password", with: encoder)
            #expect(expected[0].document.id == "a")
            #expect(try index.search(like: "a") == Array(expected.dropFirst()))
            #expect(throws: IndexError.self) { try index.search(like: "z") }
        }
    }

    @Test func `by words finds what has them, in question, alternates or answer`() throws {
        try withIndex { index, _ in
            func ids(_ query: String) throws -> [String] {
                try index.search(words: query).map(\.document.id)
            }
            #expect(try ids("E-1042") == ["b"])
            #expect(try ids("パスワード") == ["c"])
            #expect(try Set(ids("Passwords")) == ["a", "b"])
            #expect(try ids("xyzzy") == [])
            let hit = try index.search(words: "reset password")[0]
            let explanation = try #require(hit.explanation)
            #expect(explanation.words.map(\.term) == ["reset", "password"])
            #expect(abs(explanation.words.map(\.score).reduce(0, +) - Double(hit.score)) < 1e-6)
        }
    }

    @Test func `by words and meaning adds up reciprocal ranks`() throws {
        try withIndex { index, encoder in
            let query = "reset password"
            let near = try index.search(query, with: encoder).map(\.document.id)
            let worded = try index.search(words: query).map(\.document.id)
            let hits = try index.search(
                wordsAndMeaning: query, encoder.embed([query], as: .query), with: encoder)
            #expect(hits.count == 4)
            for hit in hits {
                let expected = [near, worded].reduce(0.0) { sum, ranking in
                    sum + (ranking.firstIndex(of: hit.document.id).map { 1 / (61 + Double($0)) } ?? 0)
                }
                #expect(abs(Double(hit.score) - expected) < 1e-6)
                #expect(hit.explanation?.cosineRank == near.firstIndex(of: hit.document.id).map { $0 + 1 })
                #expect(hit.explanation?.bm25Rank == worded.firstIndex(of: hit.document.id).map { $0 + 1 })
            }
            #expect(hits.map(\.score) == hits.map(\.score).sorted(by: >))
        }
    }
}
