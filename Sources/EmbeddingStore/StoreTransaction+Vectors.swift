public import LMDB

extension StoreTransaction {
    /// Lends a vector, `dimensions` numbers long, straight from the map; nil when there is none.
    ///
    /// O(log n), without copying.
    @inlinable
    public func withVector<Result>(
        forKey key: UInt64, _ body: (Span<Float>) throws -> Result
    ) throws -> Result? {
        guard let bytes = try vectorBytes(forKey: key) else { return nil }
        return try withFloats(bytes.bytes, body)
    }

    /// The bytes of a vector, checked; valid as `withVector` lends them.
    ///
    /// What `withVector` does apart from its generic parts, which callers specialize.
    @usableFromInline
    func vectorBytes(forKey key: UInt64) throws(StoreError) -> UnsafeRawBufferPointer? {
        try store.vectorBytes(forKey: key, ReadTransaction(reading: transaction))
    }

    /// Lends every vector in the order of keys, from the first key that is not below `start`.
    public func forEachVector(
        from start: UInt64 = 0, _ body: (_ key: UInt64, _ vector: Span<Float>) throws -> Void
    ) throws {
        try transaction.forEach(in: tables.vectors, from: start) { keyBytes, bytes in
            let key = try number(keyBytes, .vectors)
            try store.checkVector(bytes, key)
            try withFloats(bytes.extracting(droppingLast: Seal.byteCount)) { try body(key, $0) }
        }
    }

    /// Lends the vectors of some keys, in their order. A key that follows the one before it in the
    /// table is found in O(1), any other in O(log n).
    ///
    /// - Throws: what `body` throws; `StoreError` with the reason `damaged` for a key without a vector.
    public func forEachVector(
        of keys: some Sequence<UInt64>, _ body: (_ key: UInt64, _ vector: Span<Float>) throws -> Void
    ) throws {
        try transaction.withCursor(in: tables.vectors) { cursor in
            var isPlaced = false
            for key in keys {
                func read(_ keyBytes: RawSpan, _ bytes: RawSpan) throws -> Bool {
                    guard try number(keyBytes, .vectors) == key else { return false }
                    try store.checkVector(bytes, key)
                    try withFloats(bytes.extracting(droppingLast: Seal.byteCount)) { try body(key, $0) }
                    return true
                }
                var isFound = isPlaced ? try cursor.move(.next, read) : nil
                if isFound != true { isFound = try cursor.move(toKey: key, read) }
                guard isFound == true else { throw damaged(.vectors, "\(key)", "is missing") }
                isPlaced = true
            }
        }
    }

    /// Checks that every encoder's input leads to a vector that is there.
    ///
    /// - Throws: `StoreError` with the reason `damaged` for the first that does not.
    public func checkTexts() throws {
        try transaction.forEach(in: tables.texts) { keyBytes, bytes in
            try checkSeal(bytes, key: keyBytes, .texts)
            let vector = bytes.extracting(droppingLast: Seal.byteCount).littleEndianKey
            let isThere = try vector.map { try transaction.contains($0, in: tables.vectors) } ?? false
            guard isThere else {
                throw damaged(.texts, "of \(keyBytes.byteCount) bytes", "leads to no vector")
            }
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

    /// Removes the vectors that no passage names, and the inputs that led to them.
    ///
    /// Rows of the search index keep theirs, until the index is made anew. O(vectors and texts).
    ///
    /// - Returns: How many vectors were removed.
    @discardableResult
    public mutating func removeUnusedVectors() throws -> Int {
        var unused: Set<UInt64> = []
        try transaction.forEach(in: tables.vectors) { keyBytes, _ in
            let key = try number(keyBytes, .vectors)
            if try !stands(key), try row(ofVector: key) == nil { unused.insert(key) }
        }
        if unused.isEmpty { return 0 }
        // Otherwise their keys could be given out again.
        if nextKeys == nil { nextKeys = try readNextKeys() }
        var hashes: [[UInt8]] = []
        try transaction.forEach(in: tables.texts) { keyBytes, bytes in
            guard let hash = [UInt8](keyBytes: keyBytes) else { return }
            try checkSeal(bytes, key: keyBytes, .texts)
            guard let vector = bytes.extracting(droppingLast: Seal.byteCount).littleEndianKey else {
                throw damaged(
                    .texts, hash.hexadecimal, "has \(bytes.byteCount) bytes, not 16")
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
@inlinable
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
