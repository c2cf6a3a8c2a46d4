import BiEncoder
import EmbeddingStore
import FoundationEssentials
import JSON
import LMDB
import SemanticSearch
import TestSupport
import Testing

@Suite struct `Verifying an index` {
    private func withIndex(_ body: (String, BiEncoder) throws -> Void) throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: someDocuments(9), with: encoder)
            try body(folder, encoder)
        }
    }

    private func problems(_ folder: String) throws -> [String] {
        try SearchIndex(opening: folder).verify().problems
    }

    @Test func `finds nothing wrong with one just built`() throws {
        try withIndex { folder, _ in
            let found = try SearchIndex(opening: folder).verify(full: true)
            #expect(found.isSound)
            #expect(found.problems.isEmpty)
            #expect([found.documents, found.passages, found.vectors] == [9, 12, 12])
            #expect(found.selfRetrieval == 1)
        }
    }

    @Test func `finds a manifest that is damaged, and repair makes it anew`() throws {
        try withIndex { folder, encoder in
            let hits = try SearchIndex(opening: folder).search("order 4", with: encoder)
            for text in ["", "{", #"{"format":2}"#] {
                try text.write(toFile: "\(folder)/index.json", atomically: false, encoding: .utf8)
                #expect(try problems(folder).count == 1)
                // Searches do not depend on it.
                #expect(try SearchIndex(opening: folder).search("order 4", with: encoder) == hits)
            }
            try SearchIndex.repair(at: folder)
            #expect(try problems(folder).isEmpty)
        }
    }

    @Test func `repair makes a FAISS file anew that is damaged, cut off or gone`() throws {
        try withIndex { folder, encoder in
            let path = "\(folder)/vectors.faiss"
            let hits = try SearchIndex(opening: folder).search("order 4", with: encoder)
            for damage in 0..<3 {
                var bytes = try Data(contentsOf: URL(filePath: path))
                switch damage {
                case 0: bytes[100] ^= 1
                case 1: bytes = bytes.prefix(bytes.count / 2)
                default: bytes = Data()
                }
                try bytes.write(to: URL(filePath: path))
                #expect(throws: (any Error).self) {
                    try SearchIndex(opening: folder).search("order 4", with: encoder)
                }
                try SearchIndex.repair(at: folder)
                #expect(try problems(folder).isEmpty)
                #expect(try SearchIndex(opening: folder).search("order 4", with: encoder) == hits)
            }
        }
    }

    @Test func `names every damaged document, and finds nothing wrong with the others`() throws {
        try withIndex { folder, _ in
            do {
                let environment = try Environment(
                    path: folder, options: EnvironmentOptions(maximumDatabases: 32))
                let table = try environment.openDatabase("documents", keys: UInt64.self)
                try environment.write { transaction in
                    for key in [2, 5] as [UInt64] { try transaction.put([1, 2, 3], forKey: key, in: table) }
                }
            }
            let found = try problems(folder)
            #expect(found.count == 2)
            for (problem, key) in zip(found, ["2", "5"]) {
                #expect(problem.contains("documents") && problem.contains(key))
            }
        }
    }

    /// Each flip is of a record's value, through LMDB, so that its own pages stay whole.
    @Test func `finds every flipped bit in records and vectors, and no search is wrong or crashes`() throws {
        try withIndex { folder, encoder in
            let queries = ["order 4", "change of order no. 6 please"]
            func answers() throws -> [[Hit]] {
                let index = try SearchIndex(opening: folder)
                return try queries.flatMap { query in
                    [
                        try index.search(query, with: encoder, limit: 3),
                        try index.search(words: query, options: SearchOptions(limit: 3)),
                    ]
                }
            }
            let right = try answers()
            var random = SplitMix64(seed: 3)
            var flips = 0
            while flips < 400 {
                let flip = try flipBit(in: folder, &random)
                flips += 1
                // An error, or what is right.
                if let found = try? answers() { #expect(found == right, "\(flip.place)") }
                let verification = try? SearchIndex(opening: folder).verify()
                #expect(verification?.isSound != true, "\(flip.place)")
                try flip.undo()
            }
            #expect(try answers() == right)
            #expect(try problems(folder).isEmpty)
        }
    }

    private struct Flip {
        let place: String
        let undo: () throws -> Void
    }

    /// Flips a random bit of a random record of a random table.
    private func flipBit(in folder: String, _ random: inout SplitMix64) throws -> Flip {
        let environment = try Environment(path: folder, options: EnvironmentOptions(maximumDatabases: 32))
        let names = try environment.read { try $0.databaseNames() }
        var records: [(table: String, key: [UInt8], value: [UInt8])] = []
        for name in names {
            try forEachRecord(of: name, in: environment) { records.append((name, $0, $1)) }
        }
        let record = try #require(records.randomElement(using: &random))
        var damaged = record.value
        let bit = Int.random(in: 0..<damaged.count * 8, using: &random)
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        try replace(record.value, by: damaged, record.table, record.key, in: environment)
        return Flip(place: "\(record.table), key \(record.key), bit \(bit)") {
            let environment = try Environment(
                path: folder, options: EnvironmentOptions(maximumDatabases: 32))
            try replace(damaged, by: record.value, record.table, record.key, in: environment)
        }
    }
}

private let integerTables: Set = [
    "documents", "vectors", "rows", "vector_rows", "pending", "tombstones", "lexical_documents",
]
private let setTables = ["passages": 24, "document_vectors": 24, "lexical_postings": 20]

private func forEachRecord(
    of name: String, in environment: Environment, _ body: ([UInt8], [UInt8]) throws -> Void
) throws {
    func read<Key: DatabaseKey>(_ kind: DatabaseKind, _ keys: Key.Type) throws {
        let table = try environment.openDatabase(name, kind: kind, keys: Key.self)
        try environment.read { transaction in
            try transaction.forEach(in: table) { key, value in
                try body(key.withUnsafeBytes { [UInt8]($0) }, value.withUnsafeBytes { [UInt8]($0) })
            }
        }
    }
    if let size = setTables[name] {
        try read(.sortedSet(ofSize: size), UInt64.self)
    } else if integerTables.contains(name) {
        try read(.single, UInt64.self)
    } else {
        try read(.single, [UInt8].self)
    }
}

private func replace(
    _ value: [UInt8], by other: [UInt8], _ name: String, _ keyBytes: [UInt8], in environment: Environment
) throws {
    func write<Key: DatabaseKey>(_ kind: DatabaseKind, _ keys: Key.Type) throws {
        let table = try environment.openDatabase(name, kind: kind, keys: Key.self)
        guard let key = Key(keyBytes: keyBytes.span.bytes) else { return }
        try environment.write { transaction in
            try transaction.remove(value.span.bytes, ofKey: key, in: table)
            try transaction.put(other, forKey: key, in: table)
        }
    }
    if let size = setTables[name] {
        try write(.sortedSet(ofSize: size), UInt64.self)
    } else if integerTables.contains(name) {
        try write(.single, UInt64.self)
    } else {
        try write(.single, [UInt8].self)
    }
}
