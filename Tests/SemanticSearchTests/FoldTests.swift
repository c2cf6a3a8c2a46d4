import BiEncoder
import EmbeddingStore
import Dispatch
import FoundationEssentials
import SemanticSearch
import Synchronization
import TestSupport
import Testing
import VectorIndex

@Suite struct `Vectors that wait beside the FAISS file` {
    private func withIndex(
        _ count: Int, factory: String, _ body: (SearchIndex, BiEncoder, String) throws -> Void
    ) throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            var options = BuildOptions()
            options.factory = factory
            _ = try SearchIndex.build(
                at: folder, from: documents(0..<count), with: encoder, options: options)
            try body(SearchIndex(opening: folder, writable: true), encoder, folder)
        }
    }

    /// Documents with a text each, which no other has.
    private func documents(_ numbers: Range<Int>, version: Int = 0) -> [Document] {
        numbers.map { Document(id: "doc-\($0)", question: "order \($0) in version \(version)") }
    }

    private func answers(_ index: SearchIndex, _ encoder: BiEncoder) throws -> [[String]] {
        try ["order 3", "version 0 of 300", "password"].map { query in
            try index.search(query, with: encoder, limit: 20).map { "\($0.document.id) \($0.score.bitPattern)" }
        }
    }

    @Test(arguments: ["Flat", "HNSW8", "IVF2,Flat", "SQ8"])
    func `are folded in when they are more than 256, and searches find the same`(factory: String) throws {
        try withIndex(80, factory: factory) { index, encoder, folder in
            try index.add(documents(80..<336), with: encoder)
            #expect(try index.foldIfNeeded() == nil)
            #expect(try index.counts().pending == 256)
            try index.add(documents(336..<337), with: encoder)
            let before = try answers(index, encoder)

            let manifest = try #require(try index.foldIfNeeded())
            #expect(manifest.generation == 2 && manifest.factory == factory && manifest.vectors == 337)
            let counts = try index.counts()
            #expect(counts.rows == 337 && counts.pending == 0)
            #expect(try answers(index, encoder) == before)
            let verification = try index.verify(full: true)
            #expect(verification.problems == [])
            #expect(try index.foldIfNeeded() == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                == ["data.mdb", "index.json", "lock.mdb", "vectors.faiss"])
        }
    }

    @Test func `are folded in by a rule of their number, and of how many rows there are and are dead`() {
        func rule(_ rows: Int, pending: Int, dead: Int = 0, factory: String = "Flat") -> FoldingRule {
            FoldingRule(
                StoreCounts(
                    documents: 0, vectors: 0, texts: 0, rows: rows, passages: 0, pending: pending,
                    tombstones: dead), factory: factory)
        }
        #expect(!rule(0, pending: 256).isDue && rule(0, pending: 257).isDue)
        #expect(!rule(200_000, pending: 781).isDue && rule(200_000, pending: 782).isDue)
        #expect(!rule(1_000_000, pending: 3906).isDue && rule(1_000_000, pending: 3907).isDue)
        #expect(!rule(1000, pending: 0, dead: 500).isDue && !rule(400, pending: 0, dead: 256).isDue)
        for (factory, isDue) in [
            ("Flat", true), ("HNSW32", true), ("HNSW32,Flat", true), ("IVF4,Flat", false), ("SQ8", false),
            ("HNSW32,PQ8", false),
        ] {
            let rule = rule(1000, pending: 0, dead: 501, factory: factory)
            #expect(rule.isDue == isDue && rule.makesFileAnew == isDue, "\(factory)")
        }
        #expect(!rule(1000, pending: 300, dead: 500).makesFileAnew)
    }

    @Test(arguments: ["Flat", "HNSW8"])
    func `are folded in with rows that are dead, which a text that comes back revives`(factory: String) throws {
        try withIndex(20, factory: factory) { index, encoder, _ in
            try index.add(documents(20..<300), with: encoder)
            try index.remove(ids: ["doc-3", "doc-30"])
            try index.foldIfNeeded()
            #expect(try index.counts().tombstones == 1)
            try index.remove(ids: ["doc-40", "doc-50"])
            #expect(try index.counts().tombstones == 3)
            try index.add([documents(3..<4)[0], documents(40..<41)[0]], with: encoder)
            let counts = try index.counts()
            #expect(counts.tombstones == 1 && counts.pending == 0)
            let verification = try index.verify(full: true)
            #expect(verification.problems == [])
            let found = try answers(index, encoder)
            try index.compact()
            #expect(try answers(index, encoder) == found)
        }
    }

    @Test func `and the rows of replaced texts, when those are most, make the file anew`() throws {
        try withIndex(600, factory: "HNSW8") { index, encoder, _ in
            try index.add(documents(0..<280, version: 1), with: encoder)
            try index.foldIfNeeded()
            #expect(try index.counts().rows == 880)
            try index.add(documents(0..<250, version: 2), with: encoder)
            #expect(try index.foldIfNeeded()?.vectors == 600)
            let counts = try index.counts()
            #expect(counts.tombstones == 0 && counts.pending == 0 && counts.vectors == 600)
            let verification = try index.verify(full: true)
            #expect(verification.problems == [])
        }
    }

    @Test func `are folded into a file that has gone, or is of another generation, by making it anew`() throws {
        try withIndex(20, factory: "HNSW8") { index, encoder, folder in
            let path = "\(folder)/vectors.faiss"
            let old = try Data(contentsOf: URL(filePath: path))
            for lost in [true, false] {
                try index.add(documents(lost ? 20..<300 : 300..<600), with: encoder)
                if lost {
                    try FileManager.default.removeItem(atPath: path)
                } else {
                    try old.write(to: URL(filePath: path))
                }
                #expect(try index.foldIfNeeded() != nil)
                let verification = try index.verify(full: true)
                #expect(verification.problems == [])
            }
        }
    }

    @Test func `leave no file behind, nor what a writer left that was killed`() throws {
        try withIndex(20, factory: "HNSW8") { index, encoder, folder in
            func files() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            }
            let whole = ["data.mdb", "index.json", "lock.mdb", "vectors.faiss"]
            #expect(try files() == whole)
            for left in [
                ["vectors.faiss.next.rows"], ["vectors.faiss.unfinished", "vectors.faiss.unfinished.rows"],
            ] {
                for name in left { try Data("rows".utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
                try index.remove(ids: ["doc-0"])
                try index.add(documents(0..<1), with: encoder)
                #expect(try files() == whole)
            }
            try index.add(documents(20..<300), with: encoder)
            #expect(try index.foldIfNeeded() != nil)
            #expect(try files() == whole)
            // One that takes an unfinished file over, and needs no rows itself.
            for name in ["vectors.faiss.unfinished", "vectors.faiss.unfinished.rows"] {
                try Data("rows".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            }
            try index.compact(factory: "Flat")
            #expect(try files() == whole)
        }
    }

    @Test func `are added to the graph that there is`() throws {
        try withIndex(20, factory: "HNSW8") { index, encoder, folder in
            try index.add(documents(20..<300), with: encoder)
            let path = "\(folder)/vectors.faiss"
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[bytes.count / 4] ^= 1
            try bytes.write(to: URL(filePath: path))
            // Had it been made anew, nobody would have noticed.
            let error = #expect(throws: FaissError.self) { try index.foldIfNeeded() }
            #expect(error?.path == path)
        }
    }

    @Test(arguments: ["Flat", "HNSW8"])
    func `are folded in beside additions, removals and compactions, of which none is lost`(
        factory: String
    ) throws {
        try withIndex(20, factory: factory) { index, encoder, _ in
            let isDone = Mutex(false)
            let folded = Mutex(0)
            let failures = Mutex<[String]>([])
            // A queue of its own has a thread of its own.
            let queue = DispatchQueue(label: "folding")
            queue.async {
                do {
                    while !isDone.withLock({ $0 }) {
                        if try index.foldIfNeeded() != nil { folded.withLock { $0 += 1 } }
                    }
                } catch { failures.withLock { $0.append("\(error)") } }
            }
            var rounds = 0
            do {
                defer {
                    isDone.withLock { $0 = true }
                    queue.sync {}
                }
                while rounds < 50 || (folded.withLock { $0 } < 3 && rounds < 1000) {
                    let first = rounds * 30
                    try index.add(documents(first..<first + 40, version: rounds), with: encoder)
                    try index.remove(ids: ["doc-\(first + 7)", "doc-\(first + 31)"])
                    if rounds == 30 { try index.compact() }
                    rounds += 1
                }
            }
            #expect(failures.withLock { $0 } == [])
            #expect(folded.withLock { $0 } >= 3)
            // The second of the two removed ids comes back in the next round, but for the last.
            let counts = try index.counts()
            #expect(counts.documents == rounds * 30 + 10 - rounds - 1)
            let verification = try index.verify(full: true)
            #expect(verification.problems == [])
            guard factory == "Flat" else { return }
            let found = try answers(index, encoder)
            try index.compact()
            #expect(try answers(index, encoder) == found)
        }
    }
}
