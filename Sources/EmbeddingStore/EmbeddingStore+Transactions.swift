import LMDB

extension EmbeddingStore {
    /// Runs `body` over one snapshot: what was committed when it began.
    ///
    /// - Throws: what `body` throws; `StoreError` for what LMDB throws.
    public func read<Result>(
        _ body: (borrowing StoreReader) throws -> Result
    ) throws -> Result {
        do {
            return try environment.read { transaction in
                try body(
                    StoreReader(
                        transaction: Transaction(lending: transaction), store: self))
            }
        } catch let error as LMDBError {
            throw StoreError(error, folder: folder)
        }
    }

    /// Runs `body` and commits what it has written, durably; when it throws, nothing is written.
    ///
    /// **`body` must be repeatable**: it is called again when the map had to grow.
    ///
    /// - Throws: what `body` throws; `StoreError` for what LMDB throws.
    @discardableResult
    public func write<Result>(_ body: (inout StoreWriter) throws -> Result) throws -> Result {
        do {
            return try environment.write { transaction in
                var writer = StoreWriter(
                    transaction: Transaction(lending: transaction), store: self)
                let result = try body(&writer)
                try writer.saveNextKeys()
                return result
            }
        } catch let error as LMDBError {
            throw StoreError(error, folder: folder)
        }
    }
}
