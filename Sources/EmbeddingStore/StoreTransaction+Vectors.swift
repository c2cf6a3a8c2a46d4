public import LMDB

extension StoreTransaction {
    /// Lends a vector, `dimensions` numbers long, straight from the map; nil when there is none.
    ///
    /// O(log n), without copying.
    public func withVector<Result>(
        forKey key: UInt64, _ body: (Span<Float>) throws -> Result
    ) throws -> Result? {
        try transaction.withValue(forKey: key, in: tables.vectors) { bytes in
            try withNumbers(bytes, key, body)
        }
    }

    /// Lends every vector in the order of keys, from the first key that is not below `start`.
    public func forEachVector(
        from start: UInt64 = 0, _ body: (_ key: UInt64, _ vector: Span<Float>) throws -> Void
    ) throws {
        try transaction.forEach(in: tables.vectors, from: start) { keyBytes, bytes in
            let key = try number(keyBytes, .vectors)
            try withNumbers(bytes, key) { try body(key, $0) }
        }
    }

    private func withNumbers<Result>(
        _ bytes: RawSpan, _ key: UInt64, _ body: (Span<Float>) throws -> Result
    ) throws -> Result {
        let expected = store.dimensions * MemoryLayout<Float>.stride
        guard bytes.byteCount == expected else {
            throw damaged(
                .vectors, "\(key)",
                "has \(bytes.byteCount) bytes, not \(expected) for \(store.dimensions) numbers")
        }
        return try withFloats(bytes, body)
    }

    /// The vector of a row of the search index, or nil.
    public func vectorKey(forRow row: UInt64) throws(StoreError) -> UInt64? {
        try keyRecord(of: row, in: tables.rows, .rows, shownAs: "\(row)")
    }

    /// Lends every row of the search index and its vector's key, in the order of rows.
    public func forEachRow(
        _ body: (_ row: UInt64, _ vector: UInt64) throws -> Void
    ) throws {
        try transaction.forEach(in: tables.rows) { keyBytes, bytes in
            let row = try number(keyBytes, .rows)
            guard let vector = bytes.littleEndianKey else {
                throw damaged(.rows, "\(row)", "has \(bytes.byteCount) bytes, not 8")
            }
            try body(row, vector)
        }
    }

    /// The vector of an encoder's input, or nil.
    public func vectorKey(forText hash: TextHash) throws(StoreError) -> UInt64? {
        try keyRecord(
            of: hash.bytes, in: tables.texts, .texts, shownAs: hash.bytes.hexadecimal)
    }
}

extension StoreTransaction where Access == ReadWrite {
    /// Stores a vector under a key, in place of what is there.
    ///
    /// - Throws: `StoreError` with the reason `invalid` when its length is not `dimensions`.
    public mutating func putVector(
        _ vector: Span<Float>, forKey key: UInt64
    ) throws(StoreError) {
        guard vector.count == store.dimensions else {
            throw invalid(
                .vectors, "\(key)",
                "the vector has \(vector.count) numbers, not \(store.dimensions)")
        }
        try put(vector.bytes, forKey: key, in: tables.vectors, .vectors)
    }

    /// Says which vector stands for an encoder's input.
    public mutating func setVector(
        _ vector: UInt64, forText hash: TextHash
    ) throws(StoreError) {
        try put(
            vector.littleEndianBytes, forKey: hash.bytes, in: tables.texts, .texts,
            shownAs: hash.bytes.hexadecimal)
    }

    /// Says which vector a row of the search index holds.
    public mutating func setVector(_ vector: UInt64, forRow row: UInt64) throws(StoreError) {
        try put(vector.littleEndianBytes.span.bytes, forKey: row, in: tables.rows, .rows)
    }

    /// Forgets a row of the search index; false when it is unknown.
    @discardableResult
    public mutating func removeRow(_ row: UInt64) throws(StoreError) -> Bool {
        try remove(row, in: tables.rows, .rows, shownAs: "\(row)")
    }

    /// Forgets all rows, before the search index is built anew.
    public mutating func removeAllRows() throws(StoreError) {
        largestKeys[.rows] = nil
        do throws(LMDBError) {
            try transaction.removeAll(in: tables.rows)
        } catch {
            throw StoreError(error, folder: store.folder, table: .rows)
        }
    }

    /// Removes the vectors that no passage names, and the inputs that led to them.
    ///
    /// Rows of the search index are left as they are: they are replaced with the index. O(vectors
    /// and texts).
    ///
    /// - Returns: How many vectors were removed.
    @discardableResult
    public mutating func removeUnusedVectors() throws -> Int {
        var unused: Set<UInt64> = []
        try transaction.forEach(in: tables.vectors) { keyBytes, _ in
            let key = try number(keyBytes, .vectors)
            if try !transaction.contains(key, in: tables.passages) { unused.insert(key) }
        }
        if unused.isEmpty { return 0 }
        // Otherwise their keys could be given out again.
        if nextKeys == nil { nextKeys = try readNextKeys() }
        var hashes: [[UInt8]] = []
        try transaction.forEach(in: tables.texts) { keyBytes, bytes in
            guard let hash = [UInt8](keyBytes: keyBytes) else { return }
            guard let vector = bytes.littleEndianKey else {
                throw damaged(
                    .texts, hash.hexadecimal, "has \(bytes.byteCount) bytes, not 8")
            }
            if unused.contains(vector) { hashes.append(hash) }
        }
        for hash in hashes {
            try remove(hash, in: tables.texts, .texts, shownAs: hash.hexadecimal)
        }
        for key in unused.sorted() {
            try remove(key, in: tables.vectors, .vectors, shownAs: "\(key)")
        }
        return unused.count
    }
}

/// Lends little-endian float32 as numbers: in place where they are aligned, as vectors in a store's
/// pages are, and from a copy elsewhere. The size is a multiple of 4.
package func withFloats<Result>(
    _ bytes: RawSpan, _ body: (Span<Float>) throws -> Result
) rethrows -> Result {
    try bytes.withUnsafeBytes { buffer in
        if Int(bitPattern: buffer.baseAddress) % MemoryLayout<Float>.alignment == 0 {
            // Aligned, of whole numbers, and nothing writes to these bytes while they are lent.
            return try buffer.withMemoryRebound(to: Float.self) { try body($0.span) }
        }
        let numbers = stride(from: 0, to: buffer.count, by: 4).map {
            buffer.loadUnaligned(fromByteOffset: $0, as: Float.self)
        }
        return try body(numbers.span)
    }
}
