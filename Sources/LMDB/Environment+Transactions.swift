import CLMDB

extension Environment {
    /// Runs `body` over one snapshot: what was committed when it began, whatever is written since.
    ///
    /// Keep it short: pages that were freed since are not reused while it runs, so the file grows.
    ///
    /// - Throws: what `body` throws; `readersFull`; `snapshotLost` without a lock (then what `body`
    ///   saw may be wrong in any way).
    public func read<Result: ~Copyable>(
        _ body: (borrowing ReadTransaction) throws -> Result
    ) throws -> Result {
        let core = try beginReading()
        defer { core.end() }
        let outcome: Result
        do {
            outcome = try body(ReadTransaction(core))
        } catch {
            try checkSnapshot(of: core)
            throw error
        }
        try checkSnapshot(of: core)
        return outcome
    }

    /// Runs `body` and commits what it has written, durably; when it throws, nothing is written.
    ///
    /// **`body` must be repeatable**: when the map is full it is rolled back and called again with
    /// a larger map, also when it has caught the error itself. Whatever it changes outside of the
    /// transaction must bear that.
    ///
    /// - Throws: what `body` throws; what LMDB throws at the commit, such as `noSpace`;
    ///   `accessDenied` in a read-only environment; `wouldDeadlock` inside of another write on the
    ///   same thread; `mapFull` when the map cannot grow.
    @discardableResult
    public func write<Result: ~Copyable>(
        _ body: (inout WriteTransaction) throws -> Result
    ) throws -> Result {
        while true {
            let core = try beginWriting()
            let fullSize = mapSize
            do {
                var transaction = WriteTransaction(core)
                let result = try body(&transaction)
                if core.isMapFull {
                    core.end()
                } else {
                    try core.commit()
                    return result
                }
            } catch {
                core.end()
                if !core.isMapFull { throw error }
            }
            try growMap(beyond: fullSize)
        }
    }

    func beginReading() throws(LMDBError) -> TransactionCore {
        TransactionCore(self, try begin(UInt32(MDB_RDONLY)), isWriting: false)
    }

    private func beginWriting() throws(LMDBError) -> TransactionCore {
        if gate.isWriting {
            throw LMDBError(
                code: .wouldDeadlock, operation: "begin a write transaction", subject: path,
                detail: "this thread is inside another write of this environment")
        }
        let core = TransactionCore(self, try begin(0), isWriting: true)
        gate.setWriting(true)
        return core
    }

    private func begin(_ flags: UInt32) throws(LMDBError) -> OpaquePointer {
        let operation = flags == 0 ? "begin a write transaction" : "begin a read transaction"
        var hasClearedReaders = false
        while true {
            try enter(operation)
            var transaction: OpaquePointer?
            let code = LMDBError.Code(rawValue: mdb_txn_begin(pointer, nil, flags, &transaction))
            if let transaction { return transaction }
            gate.leave()
            switch code {
            case .mapResized: try adoptMapSize()
            case .readersFull where !hasClearedReaders:
                try clearStaleReaders()
                hasClearedReaders = true
            default: throw LMDBError(code: code, operation: operation, subject: path)
            }
        }
    }

    /// Counts the caller in as one who uses the map; `gate.leave` counts it out.
    func enter(_ operation: String) throws(LMDBError) {
        gate.enter()
        if isMapped { return }
        gate.leave()
        throw LMDBError(
            code: .panic, operation: operation, subject: path,
            detail: "the map was lost when its size changed; open the environment anew")
    }

    /// Without a lock: whether a writer may have reused pages of this snapshot.
    ///
    /// A writer may reuse pages that transaction t + 1 freed from transaction t + 3 on, whose work
    /// begins when t + 2 is committed (`mdb_find_oldest`, `mdb_page_alloc`).
    private func checkSnapshot(of core: TransactionCore) throws(LMDBError) {
        guard options.access == .readOnlyWithoutLock else { return }
        let latest = try info().lastTransaction
        if latest > core.snapshot + 1 {
            throw LMDBError(
                code: .snapshotLost, operation: "read", subject: path,
                detail: "read again, and write to folders in use only with locks")
        }
    }
}
