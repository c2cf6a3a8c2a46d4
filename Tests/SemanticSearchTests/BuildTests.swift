import BiEncoder
import EmbeddingStore
import FoundationEssentials
import Glibc
import JSON
import SemanticSearch
import TestSupport
import Testing
import VectorIndex

@Suite struct `Building an index` {
    @Test func `writes a manifest that says what the index is`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            let manifest = try SearchIndex.build(at: folder, from: someDocuments(4), with: encoder)
            let file = try JSONValue(
                parsing: Data(contentsOf: URL(filePath: "\(folder)/index.json")))
            #expect(try IndexManifest(file, path: "index.json") == manifest)
            #expect(file["counts"] == ["documents": 4, "passages": 6, "vectors": 6])
            #expect(file["model"]?["fingerprint"]?.string == (try encoder.fingerprint()))
            #expect(file["generation"] == 1)
            #expect(try FaissIndex(contentsOf: "\(folder)/vectors.faiss").generation == 1)
        }
    }

    @Test func `anew replaces the documents and embeds only what is new`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            let first = someDocuments(10)
            _ = try SearchIndex.build(at: folder, from: first, with: encoder)
            var second = Array(first.dropFirst(4))
            second[0].question = "a new question"
            var last = BuildProgress()
            let manifest = try SearchIndex.build(at: folder, from: second, with: encoder) { last = $0 }
            #expect(manifest.generation == 2)
            #expect(manifest.documents == 6)
            #expect(last.embedded == 1)
            let index = try SearchIndex(opening: folder)
            let hits = try index.search("order", with: encoder, limit: 100)
            #expect(Set(hits.map(\.document.id)) == Set(second.map(\.id)))
            #expect(throws: IndexError.self) { try index.embeddings(of: ["doc-0"]) }
        }
    }

    /// A source that fails after some documents, at a chosen reading.
    private struct Failing: DocumentSource {
        struct Failure: Error {}
        final class Readings {
            var count = 0
        }
        let documents: [Document]
        let failingReading: Int
        let readings = Readings()

        func forEach(_ body: (Document) throws -> Void) throws {
            readings.count += 1
            for document in documents { try body(document) }
            if readings.count == failingReading { throw Failure() }
        }
    }

    @Test(arguments: 1...3)
    func `that fails leaves the former index answering the same`(reading: Int) throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: someDocuments(8), with: encoder)
            let before = try contents(of: folder)
            let hits = try SearchIndex(opening: folder).search("order 3", with: encoder)
            #expect(throws: Failing.Failure.self) {
                try SearchIndex.build(
                    at: folder,
                    from: Failing(documents: [Document(id: "x", question: "y")], failingReading: reading),
                    with: encoder)
            }
            #expect(try SearchIndex(opening: folder).search("order 3", with: encoder) == hits)
            let after = try contents(of: folder)
            #expect(after.keys.sorted() == before.keys.sorted())
            #expect(after["index.json"] == before["index.json"])
            #expect(after["vectors.faiss"] == before["vectors.faiss"])
            // What is wrong with a corpus is found at the first reading, before anything is written.
            if reading == 1 { #expect(after["data.mdb"] == before["data.mdb"]) }
        }
    }

    @Test(arguments: 1...3)
    func `that fails leaves nothing where there was nothing`(reading: Int) throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            let source = Failing(documents: someDocuments(3), failingReading: reading)
            #expect(throws: Failing.Failure.self) {
                try SearchIndex.build(at: "\(folder)/new", from: source, with: encoder)
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }

    /// Documents with one text each, of which no two are equal.
    private func manyDocuments(_ count: Int) -> [Document] {
        (0..<count).map { Document(id: "\($0)", question: "order \($0)") }
    }

    @Test func `for the first time that fails after many texts is gone on with by the next`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            let documents = manyDocuments(5_000)
            #expect(throws: Failing.Failure.self) {
                try SearchIndex.build(
                    at: folder, from: Failing(documents: documents, failingReading: 2), with: encoder)
            }
            let error = #expect(throws: IndexError.self) { try SearchIndex(opening: folder) }
            #expect(error?.kind == .missing)
            #expect(error?.reason.contains("no finished index") == true)
            var last = BuildProgress()
            let manifest = try SearchIndex.build(at: folder, from: documents, with: encoder) { last = $0 }
            #expect(manifest.documents == 5_000)
            // Two windows of 2,048 had been committed.
            #expect(last.reused == 4_096 && last.embedded == 904)
        }
    }

    @Test func `with more lists than texts says how many it would take`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            var options = BuildOptions()
            options.factory = "IVF3000,Flat"
            let error = #expect(throws: IndexError.self) {
                try SearchIndex.build(
                    at: "\(folder)/new", from: manyDocuments(30), with: encoder, options: options)
            }
            #expect(error?.kind == .invalid && error?.path == "\(folder)/new")
            #expect(
                error?.reason.contains(
                    "IVF3000,Flat needs at least 3000 different texts to learn from, and there are 30") == true)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }

    @Test(arguments: ["HNWS32", "HNSW32,", "PQ7", ""])
    func `of a kind that there is not is refused before anything is embedded`(factory: String) throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            var options = BuildOptions()
            options.factory = factory
            let source = Failing(documents: manyDocuments(3), failingReading: 1)
            let error = #expect(throws: IndexError.self) {
                try SearchIndex.build(at: "\(folder)/new", from: source, with: encoder, options: options)
            }
            #expect(error?.kind == .invalid && error?.path == "\(folder)/new")
            #expect(error?.reason.contains("kind") == true, "\(error?.reason ?? "")")
            #expect(source.readings.count == 0)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }

    @Test func `from nothing is refused`() throws {
        try withTemporaryFolder { folder in
            #expect(throws: IndexError.self) {
                try SearchIndex.build(at: "\(folder)/i", from: [Document](), with: tinyEncoder())
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }

    @Test func `leaves other files of the folder alone`() throws {
        try withTemporaryFolder { folder in
            try "mine".write(toFile: "\(folder)/notes.txt", atomically: false, encoding: .utf8)
            let encoder = try tinyEncoder()
            _ = try SearchIndex.build(at: folder, from: someDocuments(2), with: encoder)
            #expect(throws: Failing.Failure.self) {
                try SearchIndex.build(
                    at: folder, from: Failing(documents: someDocuments(2), failingReading: 2),
                    with: encoder)
            }
            #expect(try String(contentsOfFile: "\(folder)/notes.txt", encoding: .utf8) == "mine")
        }
    }

    @Test func `is refused while another builds in the folder`() throws {
        try withTemporaryFolder { folder in
            let descriptor = open(folder, O_RDONLY | O_DIRECTORY)
            defer { close(descriptor) }
            #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            let error = #expect(throws: IndexError.self) {
                try SearchIndex.build(at: folder, from: someDocuments(2), with: tinyEncoder())
            }
            #expect(error?.kind == .busy)
        }
    }

    @Test func `with a model of other dimensions is refused`() throws {
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: someDocuments(2), with: tinyEncoder())
            let before = try contents(of: folder)
            let error = #expect(throws: IndexError.self) {
                try SearchIndex.build(at: folder, from: someDocuments(2), with: tinyEncoder("bert-cls-f16"))
            }
            #expect(error?.kind == .otherModel)
            #expect(try contents(of: folder) == before)
        }
    }
}
