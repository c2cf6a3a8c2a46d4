import BiEncoder
import EmbeddingStore
import FoundationEssentials
import Glibc
import LMDB
import SemanticSearch
import TestSupport
import Testing

/// 10,000 flips of single bits. LMDB's own pages stay whole, which it trusts; `kotae index verify` is
/// tested with those.
@Suite struct `A flipped bit in an index folder` {
    /// Where bits are flipped, how often, and of which kind the index is.
    enum Target: String, CaseIterable {
        case manifest, exact, graph, records

        var flips: Int { self == .manifest ? 1000 : self == .records ? 4000 : 2500 }
        var factory: String { self == .graph ? "HNSW8" : "Flat" }
        var file: String {
            switch self {
            case .manifest: "index.json"
            case .exact, .graph: "vectors.faiss"
            case .records: "data.mdb"
            }
        }
    }

    @Test(arguments: Target.allCases)
    func `is found by verify, and gives an error or the right answer`(target: Target) throws {
        let encoder = try tinyEncoder()
        let query = try encoder.embed("change of order no. 6 please")
        try withTemporaryFolder { folder in
            try makeIndex(folder, encoder, target.factory)
            func answers() throws -> [[Hit]] {
                let index = try SearchIndex(opening: folder)
                return [
                    try index.search(query, options: SearchOptions(limit: 3)),
                    try index.search(words: "order 6", options: SearchOptions(limit: 3)),
                ]
            }
            let right = try answers()
            let file = try DamageableFile("\(folder)/\(target.file)")
            let places = try target == .records ? file.places(ofRecordsIn: folder) : [[0..<file.bytes.count]]
            var random = SplitMix64(seed: 3)
            for _ in 0..<target.flips {
                let place = try #require(places.randomElement(using: &random))
                let bit = Int.random(in: 0..<place[0].count * 8, using: &random)
                for copy in place { file.flip(bit: bit, from: copy.lowerBound) }
                let comment = Comment(rawValue: "bit \(bit) after byte \(place[0].lowerBound) of \(target.file)")
                if let found = try? answers() { #expect(found == right, comment) }
                let verification = try? SearchIndex(opening: folder).verify()
                #expect(verification?.isSound != true, comment)
                for copy in place { file.flip(bit: bit, from: copy.lowerBound) }
            }
            #expect(try answers() == right)
            let verification = try SearchIndex(opening: folder).verify(full: true)
            #expect(verification.problems == [])
        }
    }

    /// Records in every table: also vectors that wait, and rows that are dead.
    private func makeIndex(_ folder: String, _ encoder: BiEncoder, _ factory: String) throws {
        var options = BuildOptions()
        options.factory = factory
        _ = try SearchIndex.build(at: folder, from: someDocuments(9), with: encoder, options: options)
        let index = try SearchIndex(opening: folder, writable: true)
        try index.remove(ids: ["doc-2"])
        try index.add([Document(id: "new", question: "a new order")], with: encoder)
    }
}

/// A file in which single bits are flipped where they lie.
private final class DamageableFile {
    let bytes: [UInt8]
    private var current: [UInt8]
    private let descriptor: Int32

    init(_ path: String) throws {
        bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        current = bytes
        descriptor = open(path, O_RDWR)
        try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    func flip(bit: Int, from start: Int) {
        let place = start + bit / 8
        current[place] ^= 1 << UInt8(bit % 8)
        pwrite(descriptor, &current[place], 1, off_t(place))
    }

    /// Of every record the places where the file has it: in the tree, and in pages that are free.
    /// A key lies before its value, unless it has several.
    func places(ofRecordsIn folder: String) throws -> [[Range<Int>]] {
        let environment = try Environment(path: folder, options: EnvironmentOptions(maximumDatabases: 32))
        var records: [[UInt8]] = []
        for name in try environment.read({ try $0.databaseNames() }) {
            try forEachRecord(of: name, in: environment) { key, value in
                records.append(setTables[name] == nil ? key + value : value)
            }
        }
        let file = Data(bytes)
        return try records.map { record in
            var places: [Range<Int>] = []
            while let place = file[(places.last?.upperBound ?? 0)...].firstRange(of: record) { places.append(place) }
            try #require(!places.isEmpty)
            return places
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
