import EmbeddingStore
import FoundationEssentials
import Glibc
import JSON
import LMDB
import TestSupport
import Testing

private struct Refusal: Error {}

@Suite struct StoreTests {
    private func withStore(
        dimensions: Int = 3, mapSize: Int = 1 << 16, _ body: (EmbeddingStore) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            try body(EmbeddingStore.create(at: folder, dimensions: dimensions, mapSize: mapSize))
        }
    }

    @Test func `a new store is empty and opens again`() throws {
        try withTemporaryFolder { parent in
            let folder = parent + "/new"
            do {
                let store = try EmbeddingStore.create(at: folder, dimensions: 7)
                #expect(store.dimensions == 7)
            }
            for writable in [false, true] {
                let store = try EmbeddingStore(opening: folder, writable: writable)
                #expect(store.dimensions == 7)
                #expect(store.usesLock)
                let counts = try store.read { try $0.counts() }
                #expect(
                    counts
                        == StoreCounts(
                            documents: 0, vectors: 0, texts: 0, rows: 0, passages: 0, pending: 0,
                            tombstones: 0))
            }
        }
    }

    @Test(arguments: [0, -1, 65_537])
    func `impossible numbers of dimensions are refused`(dimensions: Int) throws {
        try withTemporaryFolder { folder in
            let reason = refusal {
                _ = try EmbeddingStore.create(at: folder, dimensions: dimensions)
            }
            #expect(reason == .invalid)
        }
    }

    @Test func `a store is not made over another one nor over other data`() throws {
        try withTemporaryFolder { folder in
            do { _ = try EmbeddingStore.create(at: folder, dimensions: 3) }
            #expect(refusal { _ = try EmbeddingStore.create(at: folder, dimensions: 3) } == .exists)
        }
        try withTemporaryFolder { folder in
            do {
                let other = try Environment(
                    path: folder, options: EnvironmentOptions(access: .create))
                _ = try other.openDatabase("theirs", create: true, keys: String.self)
            }
            #expect(refusal { _ = try EmbeddingStore.create(at: folder, dimensions: 3) } == .exists)
            #expect(refusal { _ = try EmbeddingStore(opening: folder) } == .missing)
        }
    }

    @Test func `a folder without a store is told from a damaged one`() throws {
        try withTemporaryFolder { folder in
            #expect(refusal { _ = try EmbeddingStore(opening: folder) } == .missing)
            #expect(refusal { _ = try EmbeddingStore(opening: folder + "/none") } == .missing)
            try writeFile(folder + "/data.mdb", [])
            #expect(refusal { _ = try EmbeddingStore(opening: folder) } == .database)
        }
    }

    @Test(arguments: [0, 1, 100, 4096, 8191, 8192, 8193, 12_288, 20_000, 30_000])
    func `a store that is cut short is refused`(size: Int) throws {
        try withTemporaryFolder { folder in
            try fillStore(folder)
            let file = try readFile(folder + "/data.mdb")
            try #require(file.count > size)
            try writeFile(folder + "/data.mdb", Array(file[..<size]))
            let error = #expect(throws: StoreError.self) { try EmbeddingStore(opening: folder) }
            #expect(error?.cause?.code == .truncated)
        }
    }

    @Test func `a newer format is refused by its number`() throws {
        try withTemporaryFolder { folder in
            try fillStore(folder)
            try setRecord(folder, "meta", "format", Array("3".utf8))
            let error = #expect(throws: StoreError.self) { try EmbeddingStore(opening: folder) }
            #expect(error?.reason == .newerFormat(3))
            #expect(error?.description.hasPrefix("\(folder): the index has format 3") == true)
        }
    }

    @Test func `an older format, whose records had no checksums, is refused by its number`() throws {
        try withTemporaryFolder { folder in
            try fillStore(folder)
            try setRecord(folder, "meta", "format", Array("1".utf8), isSealed: false)
            let error = #expect(throws: StoreError.self) { try EmbeddingStore(opening: folder) }
            #expect(error?.reason == .olderFormat(1))
            #expect(error?.description.contains("build it again") == true)
        }
    }

    @Test func `a flip of any bit of a record is an error that names table and key`() throws {
        try withTemporaryFolder { folder in
            try fillStore(folder)
            let hash = TextHash(fingerprint: "m", precision: "f32", tokens: [1])
            do {
                let store = try EmbeddingStore(opening: folder, writable: true)
                try store.write { try $0.setVector(3, forText: hash) }
            }
            typealias Read = (borrowing StoreReader) throws -> Void
            func flipped<Key: DatabaseKey>(
                _ table: String, _ key: Key, kind: DatabaseKind = .single, _ read: Read
            ) throws {
                let value = try value(folder, table, key, kind: kind)
                for bit in 0..<value.count * 8 {
                    var damaged = value
                    damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                    try setRecord(folder, table, key, damaged, kind: kind, isSealed: false)
                    let store = try EmbeddingStore(opening: folder)
                    let error = #expect(throws: StoreError.self) { try store.read(read) }
                    #expect(error?.reason == .damaged)
                    #expect(error?.table == table)
                }
                try setRecord(folder, table, key, value, kind: kind, isSealed: false)
            }
            let sets = DatabaseKind.sortedSet(ofSize: 24)
            try flipped("vectors", UInt64(3)) { _ = try $0.vector(3) }
            try flipped("documents", UInt64(3)) { _ = try $0.document(forKey: 3) }
            try flipped("rows", UInt64(3)) { _ = try $0.vectorKey(forRow: 3) }
            try flipped("vector_rows", UInt64(3)) { _ = try $0.row(ofVector: 3) }
            try flipped("ids", [UInt8]("doc-3".utf8)) { _ = try $0.documentKey(forID: "doc-3") }
            try flipped("texts", hash.bytes) { _ = try $0.vectorKey(forText: hash) }
            try flipped("passages", UInt64(3), kind: sets) { _ = try $0.passages(ofVector: 3) }
            try flipped("document_vectors", UInt64(3), kind: sets) { _ = try $0.vectors(ofDocument: 3) }
        }
    }

    @Test func `a record under another's key is damaged`() throws {
        try withTemporaryFolder { folder in
            try fillStore(folder)
            let other = try value(folder, "vectors", UInt64(4))
            try setRecord(folder, "vectors", UInt64(5), other, isSealed: false)
            let store = try EmbeddingStore(opening: folder)
            #expect(refusal { _ = try store.read { try $0.vector(5) } } == .damaged)
            #expect(refusal { _ = try store.read { try $0.vector(4) } } == nil)
        }
    }

    @Test(arguments: [
        ("format", ""), ("format", "one"), ("format", "0"), ("format", "-1"),
        ("dimensions", "0"), ("dimensions", "99999999999999999999"), ("dimensions", "65537"),
        ("dimensions", "[3]"),
    ])
    func `a store that describes itself wrongly is damaged`(name: String, value: String) throws {
        try withTemporaryFolder { folder in
            try fillStore(folder)
            try setRecord(folder, "meta", name, Array(value.utf8))
            let error = #expect(throws: StoreError.self) { try EmbeddingStore(opening: folder) }
            #expect(error?.reason == .damaged)
            #expect(error?.table == "meta")
            #expect(error?.key == name)
        }
    }

    @Test func `records of the wrong size or form are errors that name table and key`() throws {
        try withTemporaryFolder { folder in
            try fillStore(folder)
            let short: [UInt8] = [1, 2, 3]
            try setRecord(folder, "vectors", UInt64(0), short)
            try setRecord(folder, "rows", UInt64(0), short)
            try setRecord(folder, "documents", UInt64(0), Array(#"{"id":1}"#.utf8))
            try setRecord(folder, "documents", UInt64(1), short)
            try setRecord(folder, "ids", [UInt8]("doc-0".utf8), short)
            try setRecord(folder, "meta", "broken", short)
            let kind = DatabaseKind.sortedSet(ofSize: 24)
            let unknownKind = [UInt8](repeating: 9, count: 16)
            try setRecord(folder, "passages", UInt64(0), unknownKind, kind: kind)
            try setRecord(folder, "document_vectors", UInt64(0), unknownKind, kind: kind)

            let store = try EmbeddingStore(opening: folder)
            func place(_ body: (borrowing StoreReader) throws -> Void) throws -> [String?] {
                let error = #expect(throws: StoreError.self) { try store.read(body) }
                #expect(error?.reason == .damaged)
                return [error?.table, error?.key]
            }
            #expect(try place { _ = try $0.vector(0) } == ["vectors", "0"])
            #expect(try place { try $0.forEachVector { _, _ in } } == ["vectors", "0"])
            #expect(try place { try $0.forEachVector(of: [0]) { _, _ in } } == ["vectors", "0"])
            #expect(try place { _ = try $0.vectorKey(forRow: 0) } == ["rows", "0"])
            #expect(try place { try $0.forEachRow { _, _ in } } == ["rows", "0"])
            #expect(try place { _ = try $0.document(forKey: 0) } == ["documents", "0"])
            #expect(try place { _ = try $0.document(forKey: 1) } == ["documents", "1"])
            #expect(try place { try $0.forEachDocument { _, _ in } } == ["documents", "0"])
            #expect(try place { _ = try $0.documentKey(forID: "doc-0") } == ["ids", "of 5 bytes"])
            #expect(try place { _ = try $0.meta("broken") } == ["meta", "broken"])
            #expect(try place { _ = try $0.passages(ofVector: 0) } == ["passages", "0"])
            #expect(try place { try $0.forEachPassage { _, _ in } } == ["passages", "0"])
            #expect(
                try place { _ = try $0.vectors(ofDocument: 0) } == ["document_vectors", "0"])
        }
    }

    @Test func `a write that fails leaves the store as it was`() throws {
        try withStore { store in
            #expect(throws: Refusal.self) {
                try store.write { writer in
                    let key = try writer.newDocumentKey()
                    try writer.put(StoredDocument(id: "a", question: "q"), forKey: key)
                    throw Refusal()
                }
            }
            #expect(try store.read { try $0.counts() }.documents == 0)
            let key = try store.write { try $0.newDocumentKey() }
            #expect(key == 0)
        }
    }

    @Test func `keys are not given out twice though the last was removed`() throws {
        try withStore { store in
            let vector: [Float] = [1, 2, 3]
            let first = try store.write { writer in
                let document = try writer.newDocumentKey()
                try writer.put(StoredDocument(id: "a", question: "q"), forKey: document)
                let key = try writer.newVectorKey()
                try writer.putVector(vector.span, forKey: key)
                try writer.setVector(key, forPassage: Passage(document: document, kind: .question))
                return [document, key]
            }
            let unused = try store.write { writer in
                let unused = try writer.removeDocument(first[0])
                let removed = try writer.removeUnusedVectors()
                #expect(removed == 1)
                return unused
            }
            #expect(unused == [first[1]])
            let second = try store.write { [try $0.newDocumentKey(), try $0.newVectorKey()] }
            #expect(first == [0, 0])
            #expect(second == [1, 1])
        }
    }

    @Test func `keys that another program has used are passed over`() throws {
        try withStore { store in
            let vector: [Float] = [1, 2, 3]
            try store.write { try $0.putVector(vector.span, forKey: 41) }
            #expect(try store.write { try $0.newVectorKey() } == 42)
        }
    }

    @Test func `a read-only store refuses to write`() throws {
        try withTemporaryFolder { folder in
            try fillStore(folder)
            let store = try EmbeddingStore(opening: folder)
            let error = #expect(throws: StoreError.self) { try store.write { _ in } }
            #expect(error?.cause?.code == .accessDenied)
        }
    }

    @Test func `a folder that cannot be written to is read without a lock`() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "kotae-test-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try fillStore(folder)
        unlink(folder + "/lock.mdb")
        chmod(folder, 0o555)
        // An exit test runs in a process of its own, which gives up the superuser's rights.
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            try #require(geteuid() != 0 || (setgid(65_534) == 0 && setuid(65_534) == 0))
            #expect(
                refusal { _ = try EmbeddingStore(opening: folder, writable: true) } == .database)
            let store = try EmbeddingStore(opening: folder)
            #expect(!store.usesLock)
            #expect(try store.read { try $0.counts() }.documents == 20)
        }
    }

    @Test func `the names of the store in meta cannot be set`() throws {
        try withStore { store in
            for name in ["format", "dimensions", "next"] {
                #expect(refusal { try store.write { try $0.setMeta(name, to: 3) } } == .invalid)
            }
            try store.write { try $0.setMeta("mine", to: ["a": 1.5]) }
            #expect(try store.read { try $0.meta("mine") } == ["a": 1.5])
            try store.write { try $0.setMeta("mine", to: nil) }
            #expect(try store.read { try $0.meta("mine") } == nil)
        }
    }
}

/// Makes a store of 20 documents, each with a vector and a row, and closes it.
func fillStore(_ folder: String) throws {
    let store = try EmbeddingStore.create(at: folder, dimensions: 3)
    try store.write { writer in
        for number in 0..<20 {
            let document = try writer.newDocumentKey()
            try writer.put(StoredDocument(id: "doc-\(number)", question: "q"), forKey: document)
            let key = try writer.newVectorKey()
            try writer.putVector([Float](repeating: Float(number), count: 3).span, forKey: key)
            try writer.setVector(key, forPassage: Passage(document: document, kind: .question))
            try writer.setVector(key, forRow: UInt64(number))
        }
    }
}

/// The bytes of a record, its seal included.
func value<Key: DatabaseKey>(
    _ folder: String, _ table: String, _ key: Key, kind: DatabaseKind = .single
) throws -> [UInt8] {
    let environment = try Environment(path: folder)
    let database = try environment.openDatabase(table, kind: kind, keys: Key.self)
    return try #require(
        try environment.read { transaction in
            try transaction.withValue(forKey: key, in: database) { $0.withUnsafeBytes { [UInt8]($0) } }
        })
}

/// Puts a value into a store's table as another program might, in place of all that its key has.
func setRecord<Key: DatabaseKey>(
    _ folder: String, _ table: String, _ key: Key, _ value: [UInt8], kind: DatabaseKind = .single,
    isSealed: Bool = true
) throws {
    let bytes = isSealed ? sealed(value, key: bytes(of: key)) : value
    let environment = try Environment(path: folder)
    let database = try environment.openDatabase(table, kind: kind, keys: Key.self)
    try environment.write { transaction in
        try transaction.remove(key, in: database)
        try transaction.put(bytes, forKey: key, in: database)
    }
}
