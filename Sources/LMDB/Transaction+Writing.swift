import CLMDB

/// How a value is put.
public struct PutOptions: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Refuse with `keyExists` when the key has a value (`MDB_NOOVERWRITE`).
    public static let noOverwrite = PutOptions(rawValue: UInt32(MDB_NOOVERWRITE))
    /// Refuse with `keyExists` when the key has this very value (`MDB_NODUPDATA`); only where keys
    /// have several values.
    public static let noDuplicate = PutOptions(rawValue: UInt32(MDB_NODUPDATA))
    /// The key is larger than all others: pages are filled up rather than split in halves, for
    /// loading sorted data. Any other key is refused with `keyExists` (`MDB_APPEND`).
    public static let append = PutOptions(rawValue: UInt32(MDB_APPEND))
    /// The same for the values of the largest key (`MDB_APPENDDUP`).
    public static let appendValue = PutOptions(rawValue: UInt32(MDB_APPENDDUP))
}

extension Transaction where Access == ReadWrite {
    /// Opens a database for this and, after the commit, all later transactions.
    ///
    /// Other threads that open databases wait until this transaction ends.
    ///
    /// - Throws: `notFound` when it is missing and not to be created; `incompatible` when it is of
    ///   another kind or its keys are; `databasesFull`.
    public mutating func openDatabase<Key>(
        _ name: String, kind: DatabaseKind = .single, create: Bool = true, keys: Key.Type = Key.self
    ) throws(LMDBError) -> Database<Key> {
        Database(
            handle: try core.openDatabase(
                name, flags: kind.flags | Key.flags, creating: create),
            kind: kind)
    }

    /// Sets the value of a key, or adds one where keys have several.
    ///
    /// - Throws: `keyExists` as the options say; `badValueSize` for a key that is empty or longer
    ///   than 511 bytes, or a value whose size the database's kind does not allow.
    public mutating func put<Key>(
        _ value: RawSpan, forKey key: Key, in database: Database<Key>, _ options: PutOptions = []
    ) throws(LMDBError) {
        let transaction = try core.live("put")
        let number = try core.number(of: database.handle, "put")
        // LMDB does not notice when a value of fixed size is too short, and reads on behind it.
        guard database.kind.sizes.contains(value.byteCount) else {
            throw LMDBError(
                code: .badValueSize, operation: "put", subject: core.subject(database.handle),
                detail: "the value has \(value.byteCount) bytes, not \(database.kind.sizes)")
        }
        let status = key.withKeyBytes { bytes in
            var key = MDB_val(lending: bytes)
            var value = MDB_val(lending: value)
            return mdb_put(transaction, number, &key, &value, options.rawValue)
        }
        try core.check(status, "put", core.subject(database.handle))
    }

    /// The same for an array of bytes.
    public mutating func put<Key>(
        _ value: [UInt8], forKey key: Key, in database: Database<Key>, _ options: PutOptions = []
    ) throws(LMDBError) {
        try put(value.span.bytes, forKey: key, in: database, options)
    }

    /// Removes a key with all its values; false when there is none.
    @discardableResult
    public mutating func remove<Key>(
        _ key: Key, in database: Database<Key>
    ) throws(LMDBError) -> Bool {
        let transaction = try core.live("delete")
        let number = try core.number(of: database.handle, "delete")
        let status = key.withKeyBytes { bytes in
            var key = MDB_val(lending: bytes)
            return mdb_del(transaction, number, &key, nil)
        }
        return try isDone(status, database)
    }

    /// Removes one of the values of a key; false when the key does not have it. Where keys have
    /// one value, whichever it is goes.
    @discardableResult
    public mutating func remove<Key>(
        _ value: RawSpan, ofKey key: Key, in database: Database<Key>
    ) throws(LMDBError) -> Bool {
        let transaction = try core.live("delete")
        let number = try core.number(of: database.handle, "delete")
        let status = key.withKeyBytes { bytes in
            var key = MDB_val(lending: bytes)
            var value = MDB_val(lending: value)
            return mdb_del(transaction, number, &key, &value)
        }
        return try isDone(status, database)
    }

    private func isDone<Key>(
        _ status: Int32, _ database: Database<Key>
    ) throws(LMDBError) -> Bool {
        if status == MDB_NOTFOUND { return false }
        try core.check(status, "delete", core.subject(database.handle))
        return true
    }

    /// Empties a database, which stays open. O(pages).
    public mutating func removeAll<Key>(in database: Database<Key>) throws(LMDBError) {
        try core.check(
            mdb_drop(core.live("empty"), core.number(of: database.handle, "empty"), 0),
            "empty", core.subject(database.handle))
    }

    /// Runs `body` in a transaction within this one: when it throws, what it has written is undone
    /// and the rest stays.
    ///
    /// An error other than `mapFull` may be caught and the outer transaction go on. Databases
    /// cannot be opened in it.
    public mutating func nested<Result: ~Copyable>(
        _ body: (inout WriteTransaction) throws -> Result
    ) throws -> Result {
        var child: OpaquePointer?
        try core.check(
            mdb_txn_begin(
                core.environment.pointer, core.live("begin a nested transaction"), 0, &child),
            "begin a nested transaction", core.environment.path)
        guard let child else {
            throw LMDBError(
                code: .noMemory, operation: "begin a nested transaction",
                subject: core.environment.path)
        }
        let childCore = TransactionCore(core.environment, child, isWriting: true, parent: core)
        defer { childCore.end() }
        var transaction = WriteTransaction(childCore)
        let result = try body(&transaction)
        try childCore.commit()
        return result
    }
}
