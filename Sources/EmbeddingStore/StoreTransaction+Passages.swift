public import LMDB

extension StoreTransaction {
    /// The texts that a vector stands for, sorted by document, kind and ordinal; empty when there
    /// are none.
    public func passages(ofVector vector: UInt64) throws(StoreError) -> [Passage] {
        try values(of: vector, in: tables.passages, .passages) { Passage(record: $0) }
    }

    /// A document's texts and the vectors that stand for them: question, alternates in their order,
    /// answer. Empty when there are none.
    public func vectors(
        ofDocument document: UInt64
    ) throws(StoreError) -> [(passage: Passage, vector: UInt64)] {
        try values(of: document, in: tables.documentVectors, .documentVectors) {
            Passage.readVector(of: document, record: $0)
        }
    }

    /// The vector that stands for a document's question, or nil. O(log n).
    public func questionVector(ofDocument document: UInt64) throws(StoreError) -> UInt64? {
        // The question's record sorts before all others.
        let first: (passage: Passage, vector: UInt64)? = try record(
            of: document, in: tables.documentVectors, .documentVectors, shownAs: "\(document)"
        ) { bytes in
            guard let read = Passage.readVector(of: document, record: bytes) else {
                return .failure(Defect(detail: "has a record that names no text"))
            }
            return .success(read)
        }
        guard let first, first.passage.kind == .question else { return nil }
        return first.vector
    }

    /// Whether a vector stands for any text of a document.
    public func stands(_ vector: UInt64) throws(StoreError) -> Bool {
        do throws(LMDBError) {
            return try transaction.contains(vector, in: tables.passages)
        } catch {
            throw StoreError(
                error, folder: store.folder, table: .passages, key: "\(vector)")
        }
    }

    /// Lends every vector's key with every passage that it stands for, in the order of keys.
    public func forEachPassage(
        _ body: (_ vector: UInt64, _ passage: Passage) throws -> Void
    ) throws {
        try transaction.forEach(in: tables.passages) { keyBytes, bytes in
            let vector = try number(keyBytes, .passages)
            try checkSeal(bytes, key: keyBytes, .passages)
            guard let passage = Passage(record: bytes.extracting(droppingLast: Seal.byteCount)) else {
                throw damaged(.passages, "\(vector)", "has a record that names no text")
            }
            try body(vector, passage)
        }
    }

    private func values<Value>(
        of key: UInt64, in table: Database<UInt64>, _ name: StoreTable,
        _ read: (RawSpan) -> Value?
    ) throws(StoreError) -> [Value] {
        try EmbeddingStore.asStoreError(store.folder) {
            try transaction.withCursor(in: table) { cursor in
                var values: [Value] = []
                func append(_ keyBytes: RawSpan, _ bytes: RawSpan) throws {
                    try checkSeal(bytes, key: keyBytes, name)
                    guard let value = read(bytes.extracting(droppingLast: Seal.byteCount)) else {
                        throw damaged(name, "\(key)", "has a record that names no text")
                    }
                    values.append(value)
                }
                var isThere: Void? = try cursor.move(toKey: key, append)
                while isThere != nil { isThere = try cursor.move(.nextValue, append) }
                return values
            }
        }
    }
}

extension StoreTransaction where Access == ReadWrite {
    /// Says that a vector stands for a text of a document. A text has one vector: an earlier one is
    /// replaced.
    public mutating func setVector(
        _ vector: UInt64, forPassage passage: Passage
    ) throws(StoreError) {
        for (known, old) in try vectors(ofDocument: passage.document) where known == passage {
            if old == vector { return }
            try removePassage(passage, old)
        }
        let isFirst = try !stands(vector)
        try put(passage.record.span.bytes, forKey: vector, in: tables.passages, .passages)
        try put(
            passage.record(ofVector: vector).span.bytes, forKey: passage.document,
            in: tables.documentVectors, .documentVectors)
        if isFirst { try markInUse(vector) }
    }

    /// Takes all vectors from a document.
    ///
    /// - Returns: Those that it was the last to use, in ascending order.
    @discardableResult
    public mutating func removePassages(
        ofDocument document: UInt64
    ) throws(StoreError) -> [UInt64] {
        let vectors = try vectors(ofDocument: document)
        for (passage, vector) in vectors { try removePassage(passage, vector) }
        var unused: [UInt64] = []
        for vector in Set(vectors.map(\.vector)).sorted() {
            if try passages(ofVector: vector).isEmpty { unused.append(vector) }
        }
        return unused
    }

    private mutating func removePassage(
        _ passage: Passage, _ vector: UInt64
    ) throws(StoreError) {
        try removeRecord(passage.record, ofKey: vector, in: tables.passages, .passages)
        try removeRecord(
            passage.record(ofVector: vector), ofKey: passage.document, in: tables.documentVectors,
            .documentVectors)
        if try !stands(vector) { try markUnused(vector) }
    }
}
