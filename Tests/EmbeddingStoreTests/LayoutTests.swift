import EmbeddingStore
import JSON
import LMDB
import TestSupport
import Testing

/// What other programs read in place; the article "Layout" describes it. Changes here are changes
/// of the format.
@Suite struct LayoutTests {
    @Test func `every table holds the bytes that the layout names`() throws {
        try withTemporaryFolder { folder in
            do {
                let store = try EmbeddingStore.create(at: folder, dimensions: 2)
                try store.write { writer in
                    let document = try writer.newDocumentKey()
                    try writer.put(
                        StoredDocument(
                            id: "é", question: "q\"", alternates: ["a", "b"], answer: nil,
                            fields: ["z": 1, "a": [true]]),
                        forKey: document)
                    let numbers: [[Float]] = [[1, 0], [0, -1]]
                    for vector in numbers {
                        let key = try writer.newVectorKey()
                        try writer.putVector(vector.span, forKey: key)
                    }
                    for (vector, kind, ordinal) in [
                        (1, .alternate, 258), (0, .question, 0), (1, .alternate, 1),
                    ] as [(UInt64, Passage.Kind, UInt32)] {
                        try writer.setVector(
                            vector,
                            forPassage: Passage(document: 0, kind: kind, ordinal: ordinal))
                    }
                    let hash = TextHash(
                        fingerprint: "abc", precision: "bf16", tokens: [101, 30522, 102])
                    try writer.setVector(1, forText: hash)
                    try writer.setVector(1, forRow: 0)
                    try writer.setVector(0, forRow: 300)
                    try writer.setMeta("model", to: ["name": "m"])
                }
            }
            let environment = try Environment(path: folder)
            #expect(
                try environment.read { try $0.databaseNames() } == [
                    "document_vectors", "documents", "ids", "meta", "passages", "pending", "rows",
                    "texts", "tombstones", "vector_rows", "vectors",
                ])
            #expect(
                try dump(environment, "meta", keys: [UInt8].self) == [
                    hexadecimal("dimensions") + " 32",
                    hexadecimal("format") + " 32",
                    hexadecimal("model") + " " + hexadecimal(#"{"name":"m"}"#),
                    hexadecimal("next") + " " + hexadecimal(#"{"document":1,"vector":2}"#),
                ])
            let json =
                #"{"id":"é","question":"q\"","alternates":["a","b"],"answer":null,"#
                + #""fields":{"z":1,"a":[true]}}"#
            #expect(
                try dump(environment, "documents", keys: UInt64.self)
                    == ["0000000000000000 " + hexadecimal(json)])
            #expect(
                try dump(environment, "vectors", keys: UInt64.self) == [
                    "0000000000000000 0000803f00000000",
                    "0100000000000000 00000000000080bf",
                ])
            #expect(
                try dump(environment, "texts", keys: [UInt8].self) == [
                    // SHA-256 of "abc", 0, "bf16", 0, 101, 30522 and 102, by another program.
                    "a3d3582adb08ef637f9a179060660d04bb23d9644110d53bc415bfd711e640de 0100000000000000"
                ])
            #expect(
                try dump(environment, "rows", keys: UInt64.self) == [
                    "0000000000000000 0100000000000000",
                    "2c01000000000000 0000000000000000",
                ])
            #expect(
                try dump(environment, "vector_rows", keys: UInt64.self) == [
                    "0000000000000000 2c01000000000000",
                    "0100000000000000 0000000000000000",
                ])
            #expect(try dump(environment, "pending", keys: UInt64.self).isEmpty)
            #expect(try dump(environment, "tombstones", keys: UInt64.self).isEmpty)
            let sets = DatabaseKind.sortedSet(ofSize: 24)
            #expect(
                try dump(environment, "passages", kind: sets, keys: UInt64.self) == [
                    "0000000000000000 00000000000000000000000000000000",
                    "0100000000000000 00000000000000000000000100000001",
                    "0100000000000000 00000000000000000000000100000102",
                ])
            #expect(
                try dump(environment, "document_vectors", kind: sets, keys: UInt64.self) == [
                    "0000000000000000 00000000000000000000000000000000",
                    "0000000000000000 00000001000000010000000000000001",
                    "0000000000000000 00000001000001020000000000000001",
                ])
            #expect(
                try dump(environment, "ids", keys: [UInt8].self) == ["c3a9 0000000000000000"])
        }
    }

    @Test(arguments: [1, 510, 511])
    func `an id of up to 511 bytes is its own key`(length: Int) throws {
        let id = String(repeating: "x", count: length)
        #expect(try idKeys([id]) == [hexadecimal(id)])
    }

    @Test func `a longer id is keyed by a mark and its SHA-256`() throws {
        let id = String(repeating: "長", count: 200)
        #expect(
            try idKeys([id]) == [
                "ff9024518045a5a6695a7f87e3cb4cc32131cf58ac8ee0c77f94b42a3ade062b96"
            ])
    }

    private func idKeys(_ ids: [String]) throws -> [String] {
        try withTemporaryFolder { folder in
            do {
                let store = try EmbeddingStore.create(at: folder, dimensions: 1)
                try store.write { writer in
                    for id in ids {
                        let key = try writer.newDocumentKey()
                        try writer.put(StoredDocument(id: id, question: "q"), forKey: key)
                    }
                }
            }
            return try dump(Environment(path: folder), "ids", keys: [UInt8].self)
                .map { String($0.prefix { $0 != " " }) }
        }
    }

    /// The fixture was written by py-lmdb; see `tools/fixtures/store.py`.
    @Test func `a store that another program wrote is read as the layout says`() throws {
        try withTemporaryFolder { folder in
            try writeFile(folder + "/data.mdb", readFile(fixture("store/data.mdb")))
            let store = try EmbeddingStore(opening: folder)
            #expect(store.dimensions == 3)
            try store.read { reader in
                let longID = String(repeating: "長", count: 200)
                let keys = try ["faq-1", longID, "\u{E9}", "e\u{301}", "refund", ""]
                    .map { try reader.documentKey(forID: $0) }
                #expect(keys == [0, 1, 2, 3, nil, nil])
                let documents = try [0, 1].map { try reader.document(forKey: $0) }
                #expect(
                    documents == [
                        StoredDocument(
                            id: "faq-1", question: "返品できますか?",
                            alternates: ["How do I return it?", "refund"],
                            answer: "30 日以内なら。",
                            fields: ["category": "returns", "views": 12]),
                        StoredDocument(id: longID, question: "refund"),
                    ])
                let vectors = try [0, 1, 2, 3, 5].map { try reader.vector($0) }
                #expect(
                    vectors == [[1, 0, 0], [0, -1, 0], [0, 0, 1], nil, [0.5, 0.25, -0.125]])
                let passages = try [2, 9].map { try reader.passages(ofVector: $0) }
                #expect(
                    passages == [
                        [
                            Passage(document: 0, kind: .alternate, ordinal: 1),
                            Passage(document: 1, kind: .question),
                        ], [],
                    ])
                let texts = try reader.vectors(ofDocument: 0)
                #expect(texts.map(\.vector) == [0, 1, 2, 5])
                #expect(texts.map(\.passage.kind) == [.question, .alternate, .alternate, .answer])
                #expect(texts.map(\.passage.ordinal) == [0, 0, 1, 0])
                let hash = TextHash(
                    fingerprint: "abc", precision: "bf16", tokens: [101, 30522, 102])
                let text = try reader.vectorKey(forText: hash)
                #expect(text == 5)
                let rows = try (0..<5 as Range<UInt64>).map { try reader.vectorKey(forRow: $0) }
                #expect(rows == [5, 2, 1, 0, nil])
                let counts = try reader.counts()
                #expect(
                    counts
                        == StoreCounts(
                            documents: 4, vectors: 4, texts: 1, rows: 4, passages: 6, pending: 0,
                            tombstones: 0))
                let generation = try reader.meta("generation")
                #expect(generation == 7)
            }
        }
    }
}
