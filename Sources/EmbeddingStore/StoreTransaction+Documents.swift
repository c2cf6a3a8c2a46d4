public import LMDB

extension StoreTransaction {
    /// The document of a key. O(log n), and the reading of its JSON.
    public func document(forKey key: UInt64) throws(StoreError) -> StoredDocument? {
        try record(
            of: key, in: tables.documents, .documents, shownAs: "\(key)",
            StoredDocument.read(record:))
    }

    /// The key of the document with this name of the caller's, compared byte by byte in UTF-8.
    public func documentKey(forID id: String) throws(StoreError) -> UInt64? {
        guard let idKey = ExternalID.key(of: id) else { return nil }
        var shown: String { "of \(idKey.count) bytes" }
        guard let key = try keyRecord(of: idKey, in: tables.ids, .ids, shownAs: shown) else {
            return nil
        }
        // A hash stands for a long name, so the document's word decides.
        if id.utf8.count > ExternalID.maximumByteCount {
            guard let document = try document(forKey: key) else {
                throw damaged(.ids, shown, "leads to document \(key), which is not there")
            }
            if !document.id.utf8.elementsEqual(id.utf8) {
                throw damaged(.ids, shown, "leads to document \(key), which has another id")
            }
        }
        return key
    }

    /// The keys of all documents, in ascending order; their records are not looked at. O(n).
    public func documentKeys() throws -> [UInt64] {
        var keys: [UInt64] = []
        try transaction.forEach(in: tables.documents) { keyBytes, _ in
            keys.append(try number(keyBytes, .documents))
        }
        return keys
    }

    /// Lends every document in the order of keys, from the first key that is not below `start`.
    public func forEachDocument(
        from start: UInt64 = 0,
        _ body: (_ key: UInt64, _ document: StoredDocument) throws -> Void
    ) throws {
        try transaction.forEach(in: tables.documents, from: start) { keyBytes, bytes in
            let (key, document) = try readDocument(keyBytes, bytes)
            try body(key, document)
        }
    }

    /// The next documents in the order of keys, from the first key that is not below `start`; none
    /// when there are no more. O(log n), and the reading of their JSON.
    ///
    /// - Parameter limit: how many at most.
    public func documents(
        from start: UInt64, limit: Int
    ) throws -> [(key: UInt64, document: StoredDocument)] {
        try transaction.withCursor(in: tables.documents) { cursor in
            var page: [(key: UInt64, document: StoredDocument)] = []
            func append(_ keyBytes: RawSpan, _ bytes: RawSpan) throws {
                page.append(try readDocument(keyBytes, bytes))
            }
            var isThere: Void? = try cursor.move(toKeyNotBelow: start, append)
            while isThere != nil, page.count < limit { isThere = try cursor.move(.next, append) }
            return page
        }
    }

    /// A key and a value as a cursor lends them.
    private func readDocument(
        _ keyBytes: RawSpan, _ bytes: RawSpan
    ) throws(StoreError) -> (key: UInt64, document: StoredDocument) {
        let key = try number(keyBytes, .documents)
        try checkSeal(bytes, key: keyBytes, .documents)
        switch StoredDocument.read(record: bytes.extracting(droppingLast: Seal.byteCount)) {
        case .success(let document): return (key, document)
        case .failure(let defect): throw damaged(.documents, "\(key)", defect.detail)
        }
    }
}

extension StoreTransaction where Access == ReadWrite {
    /// Stores a document under a key, in place of what is there.
    ///
    /// - Throws: `StoreError` with the reason `invalid` for an empty id, and for one that another
    ///   document has.
    public mutating func put(
        _ document: StoredDocument, forKey key: UInt64
    ) throws(StoreError) {
        guard let idKey = ExternalID.key(of: document.id) else {
            throw invalid(.documents, "\(key)", "the id is empty")
        }
        if let holder = try documentKey(forID: document.id), holder != key {
            throw invalid(.documents, "\(key)", "document \(holder) has this id already")
        }
        if let old = try self.document(forKey: key) { try removeID(old.id) }
        try put(document.record.span.bytes, forKey: key, in: tables.documents, .documents)
        try put(
            key.littleEndianBytes, forKey: idKey, in: tables.ids, .ids,
            shownAs: "of \(idKey.count) bytes")
    }

    /// Removes a document, its id and its passages.
    ///
    /// - Returns: The vectors that it was the last to use, in ascending order; nil when there is no
    ///   such document. The vectors themselves stay, for texts that come back, until
    ///   `removeUnusedVectors`.
    @discardableResult
    public mutating func removeDocument(_ key: UInt64) throws(StoreError) -> [UInt64]? {
        guard let document = try document(forKey: key) else { return nil }
        try removeID(document.id)
        try remove(key, in: tables.documents, .documents, shownAs: "\(key)")
        return try removePassages(ofDocument: key)
    }

    /// Removes all documents with their ids and passages, and all rows of the search index with them.
    /// Vectors stay, for texts that come back. O(pages).
    public mutating func removeAllDocuments() throws(StoreError) {
        // Otherwise their keys could be given out again.
        if nextKeys == nil { nextKeys = try readNextKeys() }
        try removeAll(in: tables.documents, .documents)
        try removeAll(in: tables.ids, .ids)
        try removeAll(in: tables.passages, .passages)
        try removeAll(in: tables.documentVectors, .documentVectors)
        try removeAll(in: tables.rows, .rows)
        try removeAll(in: tables.vectorRows, .vectorRows)
        try removeAll(in: tables.pending, .pending)
        try removeAll(in: tables.tombstones, .tombstones)
    }

    private mutating func removeID(_ id: String) throws(StoreError) {
        guard let idKey = ExternalID.key(of: id) else { return }
        try remove(idKey, in: tables.ids, .ids, shownAs: "of \(idKey.count) bytes")
    }
}
