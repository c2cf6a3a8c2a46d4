import BiEncoder
import EmbeddingStore
import FoundationEssentials
import Glibc
import JSON
import SemanticSearch
import TestSupport
import Testing

@Suite struct `An index that is changed` {
    private func withIndex(
        _ count: Int, factory: String? = nil, _ body: (SearchIndex, BiEncoder, String) throws -> Void
    ) throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            var options = BuildOptions()
            options.factory = factory
            _ = try SearchIndex.build(
                at: folder, from: someDocuments(count), with: encoder, options: options)
            try body(SearchIndex(opening: folder, writable: true), encoder, folder)
        }
    }

    /// What an index built anew of some documents answers, by id and score.
    private func answers(
        of documents: [Document], to query: String, _ encoder: BiEncoder
    ) throws -> [String] {
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: documents, with: encoder)
            return try SearchIndex(opening: folder).answers(to: query, encoder)
        }
    }

    @Test(arguments: ["Flat", "HNSW8"])
    func `answers as one that was built of the same documents`(factory: String) throws {
        try withIndex(40, factory: factory) { index, encoder, _ in
            var documents = someDocuments(40)
            let new = (0..<7).map { number in
                Document(id: "new-\(number)", question: "what is new about order \(number)")
            }
            try index.add(new, with: encoder)
            documents += new
            var changed = documents[3]
            changed.question = "a changed question about order 3"
            changed.alternates = []
            #expect(try index.add([changed], with: encoder) == 1)
            documents.remove(at: 3)
            documents.append(changed)
            try index.remove(ids: ["doc-0", "new-2"])
            documents.removeAll { ["doc-0", "new-2"].contains($0.id) }
            for query in ["order 3", "what is new", "password"] {
                let expected = try answers(of: documents, to: query, encoder)
                #expect(try index.answers(to: query, encoder) == expected)
                try index.compact()
                #expect(try index.answers(to: query, encoder) == expected)
            }
            let verification = try index.verify(full: true)
            #expect(verification.problems.isEmpty)
            #expect(verification.documents == documents.count)
        }
    }

    @Test func `gives a text that comes back the vector and row that it had`() throws {
        try withIndex(10) { index, encoder, folder in
            let before = try index.counts()
            let file = try Data(contentsOf: URL(filePath: "\(folder)/vectors.faiss"))
            try index.remove(ids: ["doc-4", "doc-5"])
            let removed = try index.counts()
            #expect(removed.tombstones == 2)
            var progress = BuildProgress()
            try index.add(Array(someDocuments(10)[4...5]), with: encoder) { progress = $0 }
            #expect(progress.embedded == 0)
            let after = try index.counts()
            #expect(after == before)
            #expect(try Data(contentsOf: URL(filePath: "\(folder)/vectors.faiss")) == file)
        }
    }

    @Test func `lists all unknown ids and removes nothing`() throws {
        try withIndex(3) { index, _, _ in
            let error = #expect(throws: IndexError.self) {
                try index.remove(ids: ["doc-0", "a", "doc-1", "b"])
            }
            #expect(error?.kind == .unknownIDs)
            #expect(error?.reason.contains(#""a", "b""#) == true)
            let counts = try index.counts()
            #expect(counts.documents == 3)
        }
    }

    @Test func `is changed by its own model only`() throws {
        try withIndex(3) { index, _, _ in
            let error = #expect(throws: IndexError.self) {
                try index.add(someDocuments(1), with: tinyEncoder("bert-prompts"))
            }
            #expect(error?.kind == .otherModel)
            let counts = try index.counts()
            #expect(counts.documents == 3)
        }
    }

    @Test func `has one writer, and tells who it is`() throws {
        try withIndex(3) { index, encoder, folder in
            let descriptor = open(folder, O_RDONLY | O_DIRECTORY)
            defer { close(descriptor) }
            #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            let error = #expect(throws: IndexError.self) {
                try index.add(someDocuments(1), with: encoder, patience: .milliseconds(20))
            }
            #expect(error?.kind == .busy)
            #expect(error?.reason.contains("process \(getpid()):") == true)
        }
    }

    @Test func `can lose all its documents and get others`() throws {
        try withIndex(3) { index, encoder, _ in
            try index.remove(ids: ["doc-0", "doc-1", "doc-2"])
            #expect(try index.answers(to: "order", encoder) == [])
            try index.compact()
            #expect(try index.answers(to: "order", encoder) == [])
            let verification = try index.verify()
            #expect(verification.problems == [])
            try index.add(someDocuments(2), with: encoder)
            let found = try index.answers(to: "order", encoder)
            #expect(found.count == 2)
        }
    }

    @Test func `changes its kind when it is compacted, and keeps the one chosen`() throws {
        try withIndex(60) { index, encoder, _ in
            #expect(index.manifest.factory == "Flat")
            let chosen = try index.compact(factory: "IVF2,Flat")
            #expect(chosen.factory == "IVF2,Flat")
            let again = try index.compact()
            #expect(again.factory == "IVF2,Flat")
            #expect(again.generation == 3)
            let verification = try index.verify()
            #expect(verification.problems == [])
        }
    }

    @Test(arguments: [
        ("Nonsense", "is unknown"), ("HNSW32,", "is unknown"), ("PQ7", "kind"),
        ("IVF1000,Flat", "needs at least 1000 different texts to learn from, and there are 40"),
    ])
    func `refuses a kind that cannot be, and stays as it was`(factory: String, reason: String) throws {
        try withIndex(30) { index, encoder, folder in
            let before = try contents(of: folder)
            let hits = try index.answers(to: "order", encoder)
            let error = #expect(throws: IndexError.self) { try index.compact(factory: factory) }
            #expect(error?.kind == .invalid && error?.reason.contains(reason) == true, "\(error as Any)")
            #expect(try contents(of: folder) == before)
            #expect(try index.answers(to: "order", encoder) == hits)
        }
    }

    @Test func `embeds the parts of answers where it was built so`() throws {
        let encoder = try tinyEncoder(maximumLength: 12)
        let answer = "Open the settings. Then choose another password. At last close the window."
        try withTemporaryFolder { folder in
            var options = BuildOptions()
            options.embedsAnswers = true
            _ = try SearchIndex.build(
                at: folder, from: [Document(id: "a", question: "q", answer: answer)], with: encoder,
                options: options)
            let index = try SearchIndex(opening: folder, writable: true)
            try index.add([Document(id: "b", question: "p", answer: "Another answer.")], with: encoder)
            let entries = try index.embeddings(of: ["a"])[0].entries
            #expect(entries[0].text == "q")
            let parts = entries.dropFirst()
            #expect(parts.count > 1)
            for part in parts {
                #expect(part.kind == .answer)
                #expect(answer.contains(part.text))
                #expect(try part.vector == encoder.embed(part.text))
            }
            let texts = try index.embeddings(of: ["b"]).flatMap(\.entries).map(\.text)
            #expect(texts == ["p", "Another answer."])
            let last = try #require(parts.last).text
            let hit = try #require(try index.search(last, with: encoder, limit: 1).first)
            #expect(hit.document.id == "a")
            #expect(hit.passage == last)
            let verification = try index.verify()
            #expect(verification.problems == [])
        }
    }
}

extension SearchIndex {
    /// Ids and scores in their order.
    fileprivate func answers(to query: String, _ encoder: BiEncoder) throws -> [String] {
        try search(query, with: encoder, limit: 20).map { "\($0.document.id) \($0.score) \($0.passage)" }
    }
}
