import JSON
import LMDB
import LexicalIndex
import TestSupport

/// A keyword index in an environment of its own, each call in a transaction of its own.
struct Shelf {
    let environment: Environment
    let index: LexicalIndex

    init(_ folder: String) throws {
        // A map so small that it grows in every test with more than a few documents.
        environment = try Environment(
            path: folder, options: EnvironmentOptions(access: .create, mapSize: 1 << 16))
        index = try environment.write { try LexicalIndex(creatingIn: &$0) }
    }

    func add(_ documents: [(key: UInt64, terms: [String])]) throws {
        try environment.write { try index.add(documents, in: &$0) }
    }

    func add(_ key: UInt64, _ text: String) throws {
        let terms = text.split(separator: " ").map(String.init)
        try environment.write { try index.add(document: key, terms: terms, in: &$0) }
    }

    @discardableResult
    func remove(_ key: UInt64) throws -> Bool {
        try environment.write { try index.remove(document: key, in: &$0) }
    }

    func search(
        _ terms: [String], limit: Int = 1000, where accept: (UInt64) throws -> Bool = { _ in true }
    ) throws -> [LexicalHit] {
        try environment.read { try index.search(terms: terms, limit: limit, in: $0, where: accept) }
    }

    func counts() throws -> LexicalCounts { try environment.read { try index.counts(in: $0) } }

    func verify() throws -> [String] { try environment.read { try index.verify(in: $0) } }
}

/// The four tables, with their keys and values as bytes.
enum Tables {
    static let posting = DatabaseKind.sortedSet(ofSize: 20)

    /// Lends each record of the index: the table, its place in the table, key and value.
    static func forEachRecord(
        of environment: Environment,
        _ body: (_ table: String, _ key: [UInt8], _ value: [UInt8]) -> Void
    ) throws {
        func read<Key: DatabaseKey>(_ name: String, _ kind: DatabaseKind, _: Key.Type) throws {
            let table = try environment.openDatabase(name, kind: kind, keys: Key.self)
            try environment.read { transaction in
                try transaction.forEach(in: table) { key, value in
                    body(name, bytes(key), bytes(value))
                }
            }
        }
        try read("lexical_totals", .single, String.self)
        try read("lexical_terms", .single, [UInt8].self)
        try read("lexical_postings", posting, UInt64.self)
        try read("lexical_documents", .single, UInt64.self)
    }

    /// Puts a value in place of another.
    static func replace(
        _ old: [UInt8], by new: [UInt8], of key: [UInt8], in name: String,
        _ transaction: inout WriteTransaction
    ) throws {
        func replace<Key: DatabaseKey>(_ kind: DatabaseKind, _: Key.Type) throws {
            guard let key = Key(keyBytes: key.span.bytes) else { throw NoSuchKey() }
            let table = try transaction.openDatabase(name, kind: kind, keys: Key.self)
            try transaction.remove(old.span.bytes, ofKey: key, in: table)
            try transaction.put(new, forKey: key, in: table)
        }
        switch name {
        case "lexical_totals": try replace(.single, String.self)
        case "lexical_terms": try replace(.single, [UInt8].self)
        case "lexical_postings": try replace(posting, UInt64.self)
        default: try replace(.single, UInt64.self)
        }
    }

    struct NoSuchKey: Error {}

    private static func bytes(_ span: RawSpan) -> [UInt8] { span.withUnsafeBytes { [UInt8]($0) } }
}

/// Random documents of a few terms, with repetitions.
func randomDocuments(
    _ count: Int, seed: UInt64, vocabulary: Int = 30
) -> [(key: UInt64, terms: [String])] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { place in
        let length = Int.random(in: 0...12, using: &random)
        let terms = (0..<length).map { _ in "t\(Int.random(in: 0..<vocabulary, using: &random))" }
        return (UInt64(3 * place + 1), terms)
    }
}

/// The reason for which the index refuses, or nil when it does not.
func refusal(_ body: () throws -> Void) -> LexicalIndexError.Reason? {
    do {
        try body()
        return nil
    } catch { return (error as? LexicalIndexError)?.reason }
}
