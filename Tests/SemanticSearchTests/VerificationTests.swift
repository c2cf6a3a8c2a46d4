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
            for text in ["", "{", #"{"format":2}"#, nil] {
                if let text {
                    try text.write(toFile: "\(folder)/index.json", atomically: false, encoding: .utf8)
                } else {
                    try FileManager.default.removeItem(atPath: "\(folder)/index.json")
                }
                let found = try problems(folder)
                #expect(found.count == 1)
                #expect(found[0].hasPrefix("\(folder)/index.json: ") && found[0].contains("--repair"))
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

    @Test func `checks the rest where the FAISS file cannot be read`() throws {
        try withIndex { folder, encoder in
            let path = "\(folder)/vectors.faiss"
            try Data(contentsOf: URL(filePath: path)).prefix(60).write(to: URL(filePath: path))
            let found = try SearchIndex(opening: folder, loadsVectors: false).verify()
            #expect(found.problems.count == 1)
            #expect(found.problems[0].hasPrefix("\(path): ") && found.problems[0].contains("--repair"))
            #expect([found.documents, found.passages, found.vectors] == [9, 12, 12])
            #expect(found.selfRetrieval == nil)
        }
    }

    /// Changes what the store says of the index.
    private func set(_ member: String, to value: JSONValue, _ folder: String) throws {
        let store = try EmbeddingStore(opening: folder, writable: true)
        try store.write { writer in
            var manifest = try #require(try writer.meta("manifest")?.object)
            manifest[member] = value
            try writer.setMeta("manifest", to: .object(manifest))
        }
    }

    @Test func `expects an approximate index to find what it found when it was made, less 1 %`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            var options = BuildOptions()
            // Sixteen codes for 60 vectors, most of which cannot be told apart.
            options.factory = "PQ1x4"
            let share = try SearchIndex.build(
                at: folder, from: someDocuments(45), with: encoder, options: options).selfRetrieval
            try #require(share < 0.9)
            for (expected, isSound) in [(share, true), (share + 0.0099, true), (share + 0.0101, false)] {
                try set("self_retrieval", to: .number(expected), folder)
                let found = try SearchIndex(opening: folder).verify(full: true)
                #expect(found.selfRetrieval == share)
                #expect(
                    found.problems.contains { $0.contains("when the index was made") } == !isSound,
                    "\(expected): \(found.problems)")
            }
        }
    }

    @Test(arguments: [0.5, .nan, .infinity] as [Float])
    func `finds a stored vector that is not of unit length or not finite`(number: Float) throws {
        try withIndex { folder, _ in
            do {
                let store = try EmbeddingStore(opening: folder, writable: true)
                try store.write { writer in
                    let vector = [number] + [Float](repeating: 0, count: store.dimensions - 1)
                    try writer.putVector(vector.span, forKey: 3)
                }
            }
            let found = try problems(folder)
            #expect(found.contains { $0.contains("vector 3: its length is") }, "\(found)")
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
}
