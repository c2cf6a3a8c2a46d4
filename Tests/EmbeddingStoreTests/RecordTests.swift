import EmbeddingStore
import JSON
import LMDB
import TestSupport
import Testing

@Suite struct RecordTests {
    private func withStore<Result>(
        dimensions: Int = 3, _ body: (EmbeddingStore) throws -> Result
    ) throws -> Result {
        try withTemporaryFolder { folder in
            // A map so small that it grows in every test with more than a few records.
            try body(EmbeddingStore.create(at: folder, dimensions: dimensions, mapSize: 1 << 16))
        }
    }

    @Test(arguments: [1, 2, 3, 5, 7, 31, 384, 385, 768, 1021, 1024])
    func `vectors of any length come back in place and aligned`(dimensions: Int) throws {
        try withStore(dimensions: dimensions) { store in
            var random = SplitMix64(seed: UInt64(dimensions))
            let vectors = (0..<50).map { _ in
                (0..<dimensions).map { _ in Float.random(in: -1...1, using: &random) }
            }
            try store.write { writer in
                for (key, vector) in vectors.enumerated().shuffled(using: &random) {
                    try writer.putVector(vector.span, forKey: UInt64(key))
                }
            }
            try store.read { reader in
                for (key, vector) in vectors.enumerated() {
                    let found = try reader.vector(UInt64(key))
                    #expect(found == vector)
                }
                var found: [[Float]] = []
                try reader.forEachVector(from: 10) { key, numbers in
                    #expect(key == UInt64(10 + found.count))
                    found.append(numbers.indices.map { numbers[$0] })
                }
                #expect(found == Array(vectors[10...]))

                // Neighbours, gaps, back and twice, and the last one.
                for keys in [[3, 4, 5, 20, 21, 7, 7, 0], [vectors.count - 1, 1], []] {
                    found = []
                    try reader.forEachVector(of: keys.map { UInt64($0) }) { key, numbers in
                        #expect(key == UInt64(keys[found.count]))
                        found.append(numbers.indices.map { numbers[$0] })
                    }
                    #expect(found == keys.map { vectors[$0] })
                }
                let error = #expect(throws: StoreError.self) {
                    try reader.forEachVector(of: [1, UInt64(vectors.count)]) { _, _ in }
                }
                #expect(error?.reason == .damaged && error?.key == "\(vectors.count)")

                for key in 0..<50 as Range<UInt64> {
                    // Twice the same address: lent from the map, not from a copy.
                    let addresses = try (0..<2).map { _ in
                        try reader.withVector(forKey: key) { numbers in
                            numbers.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
                        } ?? 1
                    }
                    #expect(addresses[0] == addresses[1])
                    #expect(addresses[0] % (dimensions % 2 == 0 ? 8 : 4) == 0)
                }
            }
        }
    }

    @Test(arguments: [0, 2, 4])
    func `a vector of another length is refused`(length: Int) throws {
        try withStore { store in
            let vector = [Float](repeating: 0, count: length)
            #expect(
                refusal { try store.write { try $0.putVector(vector.span, forKey: 0) } } == .invalid
            )
        }
    }

    @Test func `floats that are not aligned are lent from a copy`() {
        let numbers: [Float] = [1.5, -2.25, .infinity, 0]
        for offset in 0..<8 {
            var bytes = [UInt8](repeating: 0xEE, count: offset)
            numbers.withUnsafeBytes { bytes += $0 }
            let found = withFloats(bytes.span.bytes.extracting(droppingFirst: offset)) { span in
                span.indices.map { span[$0] }
            }
            #expect(found == numbers)
        }
    }

    @Test func `ids that Swift takes for equal are two documents`() throws {
        try withStore { store in
            let ids = ["\u{E9}", "e\u{301}"]
            try store.write { writer in
                for id in ids {
                    let key = try writer.newDocumentKey()
                    try writer.put(StoredDocument(id: id, question: id), forKey: key)
                }
            }
            let keys = try store.read { reader in try ids.map { try reader.documentKey(forID: $0) }
            }
            #expect(keys == [0, 1])
            let documents = try store.read { reader in
                try (0..<2 as Range<UInt64>).map { try reader.document(forKey: $0) }
            }
            #expect(documents[0]?.id.utf8.count == 2)
            #expect(documents[1]?.id.utf8.count == 3)
            #expect(documents[0] != StoredDocument(id: ids[1], question: ids[1]))
        }
    }

    @Test(arguments: [1, 510, 511, 512, 513, 5000])
    func `ids of any length lead to their documents`(length: Int) throws {
        try withStore { store in
            // They differ in the last byte only.
            let ids = ["a", "b"].map { String(repeating: "x", count: length - 1) + $0 }
            try store.write { writer in
                for id in ids {
                    let key = try writer.newDocumentKey()
                    try writer.put(StoredDocument(id: id, question: "q"), forKey: key)
                }
            }
            let keys = try store.read { reader in
                try (ids + ["c"]).map { try reader.documentKey(forID: $0) }
            }
            #expect(keys == [0, 1, nil])
            try store.write { try $0.removeDocument(0) }
            #expect(try store.read { try $0.documentKey(forID: ids[0]) } == nil)
            #expect(try store.read { try $0.documentKey(forID: ids[1]) } == 1)
        }
    }

    @Test func `a long id that leads to another document is an error`() throws {
        try withTemporaryFolder { folder in
            let ids = ["a", "b"].map { String(repeating: $0, count: 600) }
            do {
                let store = try EmbeddingStore.create(at: folder, dimensions: 1)
                try store.write { writer in
                    for (key, id) in ids.enumerated() {
                        try writer.put(StoredDocument(id: id, question: "q"), forKey: UInt64(key))
                    }
                }
            }
            let environment = try Environment(path: folder)
            let table = try environment.openDatabase("ids", keys: [UInt8].self)
            let one: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
            try environment.write { transaction in
                var keys: [[UInt8]] = []
                try transaction.forEach(in: table) { key, _ in
                    keys.append(key.withUnsafeBytes { [UInt8]($0) })
                }
                for key in keys { try transaction.put(sealed(one, key: key), forKey: key, in: table) }
            }
            _ = consume environment
            let store = try EmbeddingStore(opening: folder)
            #expect(try store.read { try $0.documentKey(forID: ids[1]) } == 1)
            #expect(
                refusal { _ = try store.read { try $0.documentKey(forID: ids[0]) } } == .damaged)
        }
    }

    @Test func `an empty id and an id in use are refused`() throws {
        try withStore { store in
            try store.write { try $0.put(StoredDocument(id: "a", question: "q"), forKey: 3) }
            for (id, key) in [("", 4), ("a", 4)] as [(String, UInt64)] {
                let reason = refusal {
                    try store.write {
                        try $0.put(StoredDocument(id: id, question: "q"), forKey: key)
                    }
                }
                #expect(reason == .invalid)
            }
        }
    }

    @Test func `a document that is put again gives up its old id`() throws {
        try withStore { store in
            try store.write { try $0.put(StoredDocument(id: "old", question: "q"), forKey: 3) }
            try store.write { try $0.put(StoredDocument(id: "new", question: "r"), forKey: 3) }
            let keys = try store.read {
                [try $0.documentKey(forID: "old"), try $0.documentKey(forID: "new")]
            }
            #expect(keys == [nil, 3])
            #expect(try store.read { try $0.counts() }.documents == 1)
        }
    }

    @Test func `a document's texts come in order and a vector's by document`() throws {
        try withStore { store in
            let places: [(UInt64, Passage.Kind, UInt32)] = [
                (300, .question, 0), (2, .answer, 0), (2, .alternate, 256), (2, .alternate, 2),
                (2, .question, 0), (1 << 40, .alternate, 1),
            ]
            try store.write { writer in
                for (document, kind, ordinal) in places {
                    try writer.setVector(
                        7, forPassage: Passage(document: document, kind: kind, ordinal: ordinal))
                }
            }
            try store.read { reader in
                let passages = try reader.passages(ofVector: 7)
                #expect(passages.map(\.document) == [2, 2, 2, 2, 300, 1 << 40])
                #expect(passages.map(\.ordinal) == [0, 2, 256, 0, 0, 1])
                let texts = try reader.vectors(ofDocument: 2)
                #expect(texts.map(\.passage) == Array(passages[..<4]))
            }
        }
    }

    @Test func `a text that gets another vector leaves the first`() throws {
        try withStore { store in
            let passage = Passage(document: 1, kind: .question)
            try store.write { try $0.setVector(5, forPassage: passage) }
            try store.write { try $0.setVector(5, forPassage: passage) }
            try store.write { try $0.setVector(6, forPassage: passage) }
            let passages = try store.read { reader in
                try [5, 6].map { try reader.passages(ofVector: $0) }
            }
            #expect(passages == [[], [passage]])
            #expect(try store.read { try $0.vectors(ofDocument: 1) }.map(\.vector) == [6])
        }
    }

    @Test func `only vectors that no document uses any more are reported and removed`() throws {
        try withStore { store in
            let numbers: [Float] = [1, 2, 3]
            let hashes = (0..<3).map { TextHash(fingerprint: "m", precision: "f32", tokens: [$0]) }
            try store.write { writer in
                for document in 0..<2 as Range<UInt64> {
                    try writer.put(
                        StoredDocument(id: "\(document)", question: "q"), forKey: document)
                }
                for vector in 0..<3 as Range<UInt64> {
                    try writer.putVector(numbers.span, forKey: vector)
                    try writer.setVector(vector, forText: hashes[Int(vector)])
                }
                try writer.setVector(2, forPassage: Passage(document: 0, kind: .question))
                try writer.setVector(1, forPassage: Passage(document: 0, kind: .answer))
                try writer.setVector(0, forPassage: Passage(document: 0, kind: .alternate))
                try writer.setVector(1, forPassage: Passage(document: 1, kind: .question))
            }
            #expect(try store.write { try $0.removeDocument(0) } == [0, 2])
            #expect(try store.write { try $0.removeDocument(0) } == nil)
            #expect(try store.write { try $0.removeUnusedVectors() } == 2)
            let left = try store.read { reader in
                try hashes.map { try reader.vectorKey(forText: $0) }
            }
            #expect(left == [nil, 1, nil])
            #expect(
                try store.read { try $0.counts() }
                    == StoreCounts(
                        documents: 1, vectors: 1, texts: 1, rows: 0, passages: 1, pending: 1,
                        tombstones: 0))
        }
    }

    @Test func `vectors in use without a row are pending, rows of unused vectors dead`() throws {
        try withStore { store in
            func state() throws -> [[UInt64]] {
                var pending: [UInt64] = [], dead: [UInt64] = []
                try store.read { reader in
                    try reader.forEachPendingVector { pending.append($0) }
                    try reader.forEachTombstone { dead.append($0) }
                }
                return [pending, dead]
            }
            func question(_ document: UInt64) -> Passage { Passage(document: document, kind: .question) }
            try store.write { writer in
                for vector in [5, 6, 7] as [UInt64] {
                    try writer.setVector(vector, forPassage: question(vector))
                }
            }
            #expect(try state() == [[5, 6, 7], []])
            try store.write { try $0.replaceRows(with: [6, 9]) }
            #expect(try state() == [[5, 7], [1]])
            try store.write { try $0.setVector(9, forPassage: question(9)) }
            #expect(try state() == [[5, 7], []])
            try store.write { writer in
                try writer.removePassages(ofDocument: 6)
                try writer.removePassages(ofDocument: 7)
            }
            #expect(try state() == [[5], [0]])
            try store.write { try $0.setVector(5, forRow: 0) }
            #expect(try state() == [[], []])
            #expect(try store.read { try $0.row(ofVector: 6) } == nil)
            try store.write { try $0.removeRow(0) }
            #expect(try state() == [[5], []])
        }
    }

    @Test func `rows are replaced as a whole`() throws {
        try withStore { store in
            try store.write { writer in
                for row in 0..<10 as Range<UInt64> { try writer.setVector(row + 1, forRow: row) }
            }
            try store.write { writer in
                try writer.replaceRows(with: [9, 8, 7, 6])
                try writer.removeRow(2)
            }
            var rows: [[UInt64]] = []
            try store.read { try $0.forEachRow { rows.append([$0, $1]) } }
            #expect(rows == [[0, 9], [1, 8], [3, 6]])
            rows = []
            try store.write { try $0.replaceRows(with: [4, 2]) }
            try store.read { try $0.forEachRow { rows.append([$0, $1]) } }
            #expect(rows == [[0, 4], [1, 2]])
        }
    }

    @Test func `appending takes up after removals and out of order`() throws {
        try withStore { store in
            var random = SplitMix64(seed: 8)
            var model: [UInt64: UInt64] = [:]
            for _ in 0..<30 {
                let changes = (0..<40).map { _ in
                    (UInt64.random(in: 0..<300, using: &random), Bool.random(using: &random))
                }
                try store.write { writer in
                    for (row, isRemoval) in changes {
                        if isRemoval {
                            try writer.removeRow(row)
                        } else {
                            try writer.setVector(row * 3, forRow: row)
                        }
                    }
                }
                for (row, isRemoval) in changes { model[row] = isRemoval ? nil : row * 3 }
                var found: [UInt64: UInt64] = [:]
                try store.read { try $0.forEachRow { found[$0] = $1 } }
                #expect(found == model)
            }
        }
    }

    @Test func `random documents come back as they were put`() throws {
        var random = SplitMix64(seed: 5)
        func text() -> String {
            var text = ""
            for _ in 0..<Int.random(in: 0..<40, using: &random) {
                // Any scalar, controls and those beyond the basic plane among them.
                if let scalar = Unicode.Scalar(UInt32.random(in: 0..<0x1_1000, using: &random)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            return text
        }
        let documents = (0..<300).map { number in
            StoredDocument(
                id: "\(number)" + text(), question: text(),
                alternates: (0..<Int.random(in: 0..<4, using: &random)).map { _ in text() },
                answer: Bool.random(using: &random) ? text() : nil,
                fields: [
                    text(): .string(text()),
                    "n": .number(Double.random(in: -1...1, using: &random)),
                    "list": [nil, false, .integer(Int.random(in: .min ... .max, using: &random))],
                ])
        }
        try withStore { store in
            try store.write { writer in
                for document in documents {
                    let key = try writer.newDocumentKey()
                    try writer.put(document, forKey: key)
                }
            }
            var found: [StoredDocument] = []
            try store.read { reader in
                try reader.forEachDocument { key, document in
                    #expect(key == UInt64(found.count))
                    found.append(document)
                }
                for (key, document) in documents.enumerated() {
                    let foundKey = try reader.documentKey(forID: document.id)
                    #expect(foundKey == UInt64(key))
                }
            }
            #expect(found == documents)
        }
    }
}
