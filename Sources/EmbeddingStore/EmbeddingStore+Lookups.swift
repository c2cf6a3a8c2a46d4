import LMDB

/// The look-ups of single records. They are apart from `StoreTransaction`, which is generic over what
/// it may do, so that the compiler makes them for the types at hand.
extension EmbeddingStore {
    /// Reads a record; the reading's failure becomes an error that names table and key.
    func record<Key, Value>(
        of key: Key, in table: Database<Key>, _ name: StoreTable,
        shownAs shown: @autoclosure () -> String, _ transaction: borrowing ReadTransaction,
        _ read: (RawSpan) -> Result<Value, Defect>
    ) throws(StoreError) -> Value? {
        let result: Result<Value, Defect>?
        do throws(LMDBError) {
            result = try transaction.withValue(forKey: key, in: table) { value in
                guard key.withKeyBytes({ Seal.isIntact(value, key: $0) }) else {
                    return .failure(.brokenSeal)
                }
                return read(value.extracting(droppingLast: Seal.byteCount))
            }
        } catch {
            throw StoreError(error, folder: folder, table: name, key: shown())
        }
        switch result {
        case .success(let value)?: return value
        case .failure(let defect)?:
            throw StoreError(.damaged, folder: folder, table: name, key: shown(), defect.detail)
        case nil: return nil
        }
    }

    /// The bytes of a vector, checked, or nil; valid as `StoreTransaction.withVector` lends them.
    func vectorBytes(
        forKey key: UInt64, _ transaction: borrowing ReadTransaction
    ) throws(StoreError) -> UnsafeRawBufferPointer? {
        try record(
            of: key, in: tables.vectors, .vectors, shownAs: "\(key)", transaction
        ) { bytes in
            guard let defect = sizeDefect(of: bytes) else {
                return .success(bytes.withUnsafeBytes { $0 })
            }
            return .failure(defect)
        }
    }

    /// Refuses a value that is no vector with its seal.
    func checkVector(_ value: RawSpan, _ key: UInt64) throws(StoreError) {
        let isIntact = key.withKeyBytes { Seal.isIntact(value, key: $0) }
        let defect =
            isIntact
            ? sizeDefect(of: value.extracting(droppingLast: Seal.byteCount)) : Defect.brokenSeal
        guard let defect else { return }
        throw StoreError(.damaged, folder: folder, table: .vectors, key: "\(key)", defect.detail)
    }

    /// What is wrong with a vector's bytes, their seal cut off, if they are not `dimensions` numbers.
    private func sizeDefect(of bytes: RawSpan) -> Defect? {
        let expected = dimensions * MemoryLayout<Float>.stride
        guard bytes.byteCount != expected else { return nil }
        return Defect(
            detail: "has \(bytes.byteCount) bytes, not \(expected) for \(dimensions) numbers")
    }
}
