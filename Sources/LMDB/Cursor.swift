import CLMDB

/// A position in a database, lent by `withCursor`.
///
/// Pairs of key and value are lent in closures, valid as `Transaction` says. Every move returns nil
/// when there is no such pair, and then has no position to go on from but `first` and `last`.
public struct Cursor<Key: DatabaseKey>: ~Copyable {
    private let core: TransactionCore
    private let database: Database<Key>
    private let pointer: OpaquePointer

    init(_ core: TransactionCore, _ database: Database<Key>) throws(LMDBError) {
        var opened: OpaquePointer?
        let status = mdb_cursor_open(
            try core.live("open a cursor"), try core.number(of: database.handle, "open a cursor"),
            &opened)
        try core.check(status, "open a cursor", core.subject(database.handle))
        guard let opened else {
            throw LMDBError(
                code: .noMemory, operation: "open a cursor",
                subject: core.subject(database.handle))
        }
        self.core = core
        self.database = database
        pointer = opened
    }

    // `withCursor` ends before its transaction does, so this is before the end of a write
    // transaction, which would close the cursor itself.
    deinit { mdb_cursor_close(pointer) }

    /// Where to go from here. "Next" and "previous" without a position are "first" and "last".
    public struct Move: Sendable {
        let operation: MDB_cursor_op

        /// The first pair.
        public static var first: Move { Move(operation: MDB_FIRST) }
        /// The last pair.
        public static var last: Move { Move(operation: MDB_LAST) }
        /// The next pair, of the same key if it has more values.
        public static var next: Move { Move(operation: MDB_NEXT) }
        /// The previous pair.
        public static var previous: Move { Move(operation: MDB_PREV) }
        /// The first pair of the next key.
        public static var nextKey: Move { Move(operation: MDB_NEXT_NODUP) }
        /// The last pair of the previous key.
        public static var previousKey: Move { Move(operation: MDB_PREV_NODUP) }
        /// The next value of the same key; only where keys have several.
        public static var nextValue: Move { Move(operation: MDB_NEXT_DUP) }
    }

    /// Goes there and lends the pair, or returns nil when there is none.
    public mutating func move<Result: ~Copyable>(
        _ move: Move, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Result
    ) throws -> Result? {
        guard let pair = try pair(move.operation, MDB_val(), MDB_val()) else { return nil }
        return try body(pair.key.bytes, pair.value.bytes)
    }

    /// Goes to the first value of a key.
    public mutating func move<Result: ~Copyable>(
        toKey key: Key, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Result
    ) throws -> Result? {
        let found = try key.withKeyBytes { bytes throws(LMDBError) in
            try pair(MDB_SET_KEY, MDB_val(lending: bytes), MDB_val())
        }
        guard let found else { return nil }
        return try body(found.key.bytes, found.value.bytes)
    }

    /// Goes to the first key that is not below this one.
    public mutating func move<Result: ~Copyable>(
        toKeyNotBelow key: Key, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Result
    ) throws -> Result? {
        let found = try key.withKeyBytes { bytes throws(LMDBError) in
            try pair(MDB_SET_RANGE, MDB_val(lending: bytes), MDB_val())
        }
        guard let found else { return nil }
        return try body(found.key.bytes, found.value.bytes)
    }

    /// Goes to the first value of a key that is not below this one; only where keys have several.
    public mutating func move<Result: ~Copyable>(
        toKey key: Key, valueNotBelow value: RawSpan, _ body: (_ value: RawSpan) throws -> Result
    ) throws -> Result? {
        // The key comes back as it was given, so it is not lent on.
        let found = try key.withKeyBytes { bytes throws(LMDBError) in
            try pair(MDB_GET_BOTH_RANGE, MDB_val(lending: bytes), MDB_val(lending: value))
        }
        guard let found else { return nil }
        return try body(found.value.bytes)
    }

    /// Lends all values of a key, a page's at a time: each run is a whole number of values, one
    /// behind the other. Only where keys have several values of one size (`MDB_GET_MULTIPLE`).
    ///
    /// - Returns: False when the key has no value.
    @discardableResult
    public mutating func forEachRun(
        ofKey key: Key, _ body: (_ values: RawSpan) throws -> Void
    ) throws -> Bool {
        let first = try key.withKeyBytes { bytes throws(LMDBError) in
            try pair(MDB_SET_KEY, MDB_val(lending: bytes), MDB_val())
        }
        guard let first else { return false }
        // LMDB leaves the value as it is given when the key has a single one, which lies elsewhere.
        let only = MDB_val(
            mv_size: first.value.count,
            mv_data: UnsafeMutableRawPointer(mutating: first.value.baseAddress))
        var run = try pair(MDB_GET_MULTIPLE, MDB_val(), only)
        while let found = run {
            try body(found.value.bytes)
            run = try pair(MDB_NEXT_MULTIPLE, MDB_val(), MDB_val())
        }
        return true
    }

    private func pair(
        _ operation: MDB_cursor_op, _ key: MDB_val, _ value: MDB_val
    ) throws(LMDBError) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        _ = try core.live("move a cursor")
        var key = key
        var value = value
        let status = mdb_cursor_get(pointer, &key, &value, operation)
        if status == MDB_NOTFOUND { return nil }
        try core.check(status, "move a cursor", core.subject(database.handle))
        return (UnsafeRawBufferPointer(key), UnsafeRawBufferPointer(value))
    }
}
