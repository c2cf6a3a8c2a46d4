public import LMDB

/// A transaction of a store, lent by `EmbeddingStore.read` or `EmbeddingStore.write`.
///
/// Keys of documents and vectors are the store's own numbers. Methods return nil for keys that are
/// not there, and throw a `StoreError` that names table and key for records that are not what they
/// should be.
public struct StoreTransaction<Access: TransactionAccess>: ~Copyable {
    /// The transaction beneath, for tables of other modules in the same environment.
    public var transaction: Transaction<Access>

    let store: EmbeddingStore
    /// Set in a write once a key was given out.
    var nextKeys: NextKeys?
    /// The largest key of each table that was written to by number; larger ones are appended.
    var largestKeys: [StoreTable: UInt64?] = [:]

    init(transaction: consuming Transaction<Access>, store: EmbeddingStore) {
        self.transaction = transaction
        self.store = store
    }

    var tables: StoreTables { store.tables }

    /// The store's folder, as it was given.
    public var folder: String { store.folder }
}

/// One snapshot of a store.
public typealias StoreReader = StoreTransaction<ReadOnly>

/// What a store is to become.
public typealias StoreWriter = StoreTransaction<ReadWrite>

@available(*, unavailable)
extension StoreTransaction: Sendable {}

extension StoreTransaction {
    /// Reads a record; the reading's failure becomes an error that names table and key.
    ///
    /// A part of its callers, so that what it calls is made for their types.
    @inline(__always)
    func record<Key, Value>(
        of key: Key, in table: Database<Key>, _ name: StoreTable, shownAs shown: @autoclosure () -> String,
        _ read: (RawSpan) -> Result<Value, Defect>
    ) throws(StoreError) -> Value? {
        try store.record(
            of: key, in: table, name, shownAs: shown(), ReadTransaction(reading: transaction), read)
    }

    /// Reads a record that is a key of another table.
    @inline(__always)
    func keyRecord<Key>(
        of key: Key, in table: Database<Key>, _ name: StoreTable, shownAs shown: @autoclosure () -> String
    ) throws(StoreError) -> UInt64? {
        try record(of: key, in: table, name, shownAs: shown()) { bytes in
            guard let key = bytes.littleEndianKey else {
                return .failure(Defect(detail: "has \(bytes.byteCount) bytes, not 8"))
            }
            return .success(key)
        }
    }

    /// Refuses a value that a cursor lends with its key when its seal is broken.
    func checkSeal(
        _ value: RawSpan, key: RawSpan, _ table: StoreTable
    ) throws(StoreError) {
        guard !Seal.isIntact(value, key: key) else { return }
        let shown = UInt64(keyBytes: key).map { "\($0)" } ?? "of \(key.byteCount) bytes"
        throw damaged(table, shown, Defect.brokenSeal.detail)
    }

    func damaged(_ table: StoreTable, _ key: String, _ detail: String) -> StoreError {
        StoreError(.damaged, folder: store.folder, table: table, key: key, detail)
    }

    func invalid(_ table: StoreTable, _ key: String?, _ detail: String) -> StoreError {
        StoreError(.invalid, folder: store.folder, table: table, key: key, detail)
    }

    /// The key of a table of numbers, as a cursor lends it.
    func number(_ key: RawSpan, _ table: StoreTable) throws(StoreError) -> UInt64 {
        guard let number = UInt64(keyBytes: key) else {
            throw damaged(table, "of \(key.byteCount) bytes", "should have 8")
        }
        return number
    }

    /// The largest key, or nil in an empty table.
    func largestKey(
        _ table: Database<UInt64>, _ name: StoreTable
    ) throws(StoreError) -> UInt64? {
        try EmbeddingStore.asStoreError(store.folder) {
            try transaction.withCursor(in: table) { cursor in
                try cursor.move(.last) { key, _ in try number(key, name) }
            }
        }
    }
}

extension StoreTransaction where Access == ReadWrite {
    /// Puts a record with its seal, by appending when its key is the largest.
    mutating func put(
        _ value: RawSpan, forKey key: UInt64, in table: Database<UInt64>, _ name: StoreTable
    ) throws(StoreError) {
        let largest =
            if let known = largestKeys[name] { known } else { try largestKey(table, name) }
        let isLargest = largest.map { key > $0 } ?? true
        do throws(LMDBError) {
            let sealed = key.withKeyBytes { Seal.sealed(value, key: $0) }
            try transaction.put(sealed, forKey: key, in: table, isLargest ? .append : [])
        } catch {
            throw StoreError(error, folder: store.folder, table: name, key: "\(key)")
        }
        largestKeys[name] = .some(isLargest ? key : largest)
    }

    /// Puts a record with its seal under a key that is no number.
    mutating func put<Key>(
        _ value: [UInt8], forKey key: Key, in table: Database<Key>, _ name: StoreTable,
        shownAs shown: @autoclosure () -> String
    ) throws(StoreError) {
        do throws(LMDBError) {
            let sealed = key.withKeyBytes { Seal.sealed(value.span.bytes, key: $0) }
            try transaction.put(sealed, forKey: key, in: table)
        } catch {
            throw StoreError(error, folder: store.folder, table: name, key: shown())
        }
    }

    /// Removes one record of a key that may have several.
    mutating func removeRecord(
        _ record: [UInt8], ofKey key: UInt64, in table: Database<UInt64>, _ name: StoreTable
    ) throws(StoreError) {
        largestKeys[name] = nil
        do throws(LMDBError) {
            let sealed = key.withKeyBytes { Seal.sealed(record.span.bytes, key: $0) }
            try transaction.remove(sealed.span.bytes, ofKey: key, in: table)
        } catch {
            throw StoreError(error, folder: store.folder, table: name, key: "\(key)")
        }
    }

    /// Empties a table. O(pages).
    mutating func removeAll<Key>(
        in table: Database<Key>, _ name: StoreTable
    ) throws(StoreError) {
        largestKeys[name] = nil
        do throws(LMDBError) {
            try transaction.removeAll(in: table)
        } catch {
            throw StoreError(error, folder: store.folder, table: name)
        }
    }

    /// Removes a key with its records; false when there is none.
    @discardableResult
    mutating func remove<Key>(
        _ key: Key, in table: Database<Key>, _ name: StoreTable, shownAs shown: @autoclosure () -> String
    ) throws(StoreError) -> Bool {
        // A smaller key may become the largest, which makes a later look at the table necessary.
        largestKeys[name] = nil
        do throws(LMDBError) {
            return try transaction.remove(key, in: table)
        } catch {
            throw StoreError(error, folder: store.folder, table: name, key: shown())
        }
    }
}
