public import LMDB

/// What the search index beside the store holds: rows, each a vector; of them tombstones, whose
/// vectors stand for no text any more; and vectors in use that it does not hold yet, the pending
/// ones. Passages and rows keep these three true as they change.
extension StoreTransaction {
    /// The vector of a row of the search index, or nil.
    public func vectorKey(forRow row: UInt64) throws(StoreError) -> UInt64? {
        try keyRecord(of: row, in: tables.rows, .rows, shownAs: "\(row)")
    }

    /// The row that holds a vector, or nil.
    public func row(ofVector vector: UInt64) throws(StoreError) -> UInt64? {
        try keyRecord(of: vector, in: tables.vectorRows, .vectorRows, shownAs: "\(vector)")
    }

    /// Lends every row of the search index and its vector's key, in the order of rows.
    public func forEachRow(
        _ body: (_ row: UInt64, _ vector: UInt64) throws -> Void
    ) throws {
        try transaction.forEach(in: tables.rows) { keyBytes, bytes in
            let row = try number(keyBytes, .rows)
            try checkSeal(bytes, key: keyBytes, .rows)
            guard let vector = bytes.extracting(droppingLast: Seal.byteCount).littleEndianKey else {
                throw damaged(.rows, "\(row)", "has \(bytes.byteCount) bytes, not 16")
            }
            try body(row, vector)
        }
    }

    /// Lends the keys of the vectors in use that have no row, in ascending order.
    public func forEachPendingVector(_ body: (_ vector: UInt64) throws -> Void) throws {
        try forEachKey(in: tables.pending, .pending, body)
    }

    /// Lends the rows whose vectors stand for no text any more, in ascending order.
    public func forEachTombstone(_ body: (_ row: UInt64) throws -> Void) throws {
        try forEachKey(in: tables.tombstones, .tombstones, body)
    }

    private func forEachKey(
        in table: Database<UInt64>, _ name: StoreTable, _ body: (UInt64) throws -> Void
    ) throws {
        try transaction.forEach(in: table) { keyBytes, bytes in
            try checkSeal(bytes, key: keyBytes, name)
            try body(try number(keyBytes, name))
        }
    }
}

extension StoreTransaction where Access == ReadWrite {
    /// Says which vector a row of the search index holds, in place of what it held; a vector has
    /// one row at most.
    public mutating func setVector(_ vector: UInt64, forRow row: UInt64) throws(StoreError) {
        try removeRow(row)
        if let other = try self.row(ofVector: vector) { try removeRow(other) }
        try put(vector.littleEndianBytes.span.bytes, forKey: row, in: tables.rows, .rows)
        try put(row.littleEndianBytes.span.bytes, forKey: vector, in: tables.vectorRows, .vectorRows)
        if try stands(vector) {
            try remove(vector, in: tables.pending, .pending, shownAs: "\(vector)")
        } else {
            try putMark(row, in: tables.tombstones, .tombstones)
        }
    }

    /// Forgets a row of the search index; false when it is unknown.
    @discardableResult
    public mutating func removeRow(_ row: UInt64) throws(StoreError) -> Bool {
        guard let vector = try vectorKey(forRow: row) else { return false }
        try remove(row, in: tables.rows, .rows, shownAs: "\(row)")
        try remove(vector, in: tables.vectorRows, .vectorRows, shownAs: "\(vector)")
        try remove(row, in: tables.tombstones, .tombstones, shownAs: "\(row)")
        if try stands(vector) { try putMark(vector, in: tables.pending, .pending) }
        return true
    }

    /// Replaces all rows: row i then holds the i-th of some distinct vectors. O(vectors).
    public mutating func replaceRows(with vectors: some Sequence<UInt64>) throws {
        try removeAll(in: tables.rows, .rows)
        try removeAll(in: tables.vectorRows, .vectorRows)
        try removeAll(in: tables.tombstones, .tombstones)
        for (row, vector) in vectors.enumerated() {
            let row = UInt64(row)
            try put(vector.littleEndianBytes.span.bytes, forKey: row, in: tables.rows, .rows)
            try put(
                row.littleEndianBytes.span.bytes, forKey: vector, in: tables.vectorRows, .vectorRows)
            if try !stands(vector) { try putMark(row, in: tables.tombstones, .tombstones) }
        }
        try removeAll(in: tables.pending, .pending)
        var pending: [UInt64] = []
        try transaction.withCursor(in: tables.passages) { cursor in
            var vector = try cursor.move(.first) { key, _ in try number(key, .passages) }
            while let key = vector {
                if try row(ofVector: key) == nil { pending.append(key) }
                vector = try cursor.move(.nextKey) { key, _ in try number(key, .passages) }
            }
        }
        for vector in pending { try putMark(vector, in: tables.pending, .pending) }
    }

    /// A vector has got its first text.
    mutating func markInUse(_ vector: UInt64) throws(StoreError) {
        if let row = try row(ofVector: vector) {
            try remove(row, in: tables.tombstones, .tombstones, shownAs: "\(row)")
        } else {
            try putMark(vector, in: tables.pending, .pending)
        }
    }

    /// A vector has lost its last text.
    mutating func markUnused(_ vector: UInt64) throws(StoreError) {
        if let row = try row(ofVector: vector) {
            try putMark(row, in: tables.tombstones, .tombstones)
        } else {
            try remove(vector, in: tables.pending, .pending, shownAs: "\(vector)")
        }
    }

    private mutating func putMark(
        _ key: UInt64, in table: Database<UInt64>, _ name: StoreTable
    ) throws(StoreError) {
        let nothing: [UInt8] = []
        try put(nothing.span.bytes, forKey: key, in: table, name)
    }
}
