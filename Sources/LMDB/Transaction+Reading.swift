import CLMDB

extension Transaction {
    /// Lends the value of a key, the first one if it has several, or returns nil without one.
    ///
    /// O(log n), without copying. The bytes may start at any even address.
    @inlinable
    public func withValue<Key, Result: ~Copyable>(
        forKey key: Key, in database: Database<Key>, _ body: (RawSpan) throws -> Result
    ) throws -> Result? {
        guard let value = try value(forKey: key, in: database) else { return nil }
        return try body(value.bytes)
    }

    /// As above, with errors of LMDB only.
    @inlinable
    public func withValue<Key, Result: ~Copyable>(
        forKey key: Key, in database: Database<Key>, _ body: (RawSpan) -> Result
    ) throws(LMDBError) -> Result? {
        guard let value = try value(forKey: key, in: database) else { return nil }
        return body(value.bytes)
    }

    /// Whether a key has a value. O(log n).
    public func contains<Key>(_ key: Key, in database: Database<Key>) throws(LMDBError) -> Bool {
        try value(forKey: key, in: database) != nil
    }

    /// The bytes are valid as `withValue` lends them.
    @inlinable
    func value<Key>(
        forKey key: Key, in database: Database<Key>
    ) throws(LMDBError) -> UnsafeRawBufferPointer? {
        try key.withKeyBytes { (bytes) throws(LMDBError) in
            try core.value(forKey: bytes, in: database.handle)
        }
    }

    /// Lends every key and value in order, from the first key that is not below `start`.
    ///
    /// Of a key with several values each is lent. To stop early, or to go backward, use
    /// `withCursor`.
    public func forEach<Key>(
        in database: Database<Key>, from start: Key? = nil,
        _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try withCursor(in: database) { cursor in
            var isThere: Void? =
                if let start { try cursor.move(toKeyNotBelow: start, body) } else {
                    try cursor.move(.first, body)
                }
            while isThere != nil { isThere = try cursor.move(.next, body) }
        }
    }

    /// Lends a cursor over a database.
    public func withCursor<Key, Result: ~Copyable>(
        in database: Database<Key>, _ body: (inout Cursor<Key>) throws -> Result
    ) throws -> Result {
        var cursor = try Cursor(core, database)
        return try body(&cursor)
    }

    /// The number of values in a database: with several values a key, all of them.
    public func count<Key>(of database: Database<Key>) throws(LMDBError) -> Int {
        try statistics(of: database).entries
    }

    /// The shape of a database.
    public func statistics<Key>(of database: Database<Key>) throws(LMDBError) -> Statistics {
        var statistics = MDB_stat()
        try core.check(
            mdb_stat(
                core.live("read statistics"), core.number(of: database.handle, "read statistics"),
                &statistics),
            "read statistics", core.subject(database.handle))
        return Statistics(statistics)
    }

    /// The names in the environment: of its databases, and of whatever another program has put
    /// beside them. Names that are not UTF-8 are left out.
    public func databaseNames() throws -> [String] {
        let main = Database<[UInt8]>(handle: try core.openMainDatabase(), kind: .single)
        var names: [String] = []
        try forEach(in: main) { key, _ in
            if let name = String(keyBytes: key) { names.append(name) }
        }
        return names
    }
}

extension TransactionCore {
    /// The first value of a key, valid as `withValue` lends it; nil without one.
    ///
    /// What `withValue` does apart from its generic parts, which callers specialize.
    @usableFromInline
    func value(
        forKey key: RawSpan, in handle: DatabaseHandle
    ) throws(LMDBError) -> UnsafeRawBufferPointer? {
        let transaction = try live("get")
        let number = try number(of: handle, "get")
        var key = MDB_val(lending: key)
        var value = MDB_val()
        let status = mdb_get(transaction, number, &key, &value)
        if status == MDB_NOTFOUND { return nil }
        try check(status, "get", subject(handle))
        return UnsafeRawBufferPointer(value)
    }
}

extension MDB_val {
    /// Points at the bytes of a span, for a call that only reads them and ends before the span
    /// does.
    init(lending span: RawSpan) {
        self = span.withUnsafeBytes { bytes in
            MDB_val(
                mv_size: bytes.count,
                mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
        }
    }
}

extension UnsafeRawBufferPointer {
    /// What LMDB has returned: in the map, or in the memory of a write transaction.
    init(_ value: MDB_val) {
        self.init(start: value.mv_data, count: value.mv_size)
    }
}
