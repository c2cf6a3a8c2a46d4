import CLMDB
import Synchronization

/// The owner of one `MDB_txn`: ended once, by `commit`, by `end` or by going away.
///
/// It belongs to the thread that made it, and is not `Sendable`.
@usableFromInline
final class TransactionCore {
    let environment: Environment
    /// Nil for the outermost transaction.
    let parent: TransactionCore?
    let isWriting: Bool
    /// Whether an operation met `mapFull`: the transaction can only be rolled back.
    private(set) var isMapFull = false

    private var pointer: OpaquePointer?
    /// Databases opened here, which others may use after the commit only.
    private var newDatabases: [DatabaseHandle] = []
    private var locksHandles = false

    init(
        _ environment: Environment, _ pointer: OpaquePointer, isWriting: Bool,
        parent: TransactionCore? = nil
    ) {
        self.environment = environment
        self.pointer = pointer
        self.isWriting = isWriting
        self.parent = parent
    }

    deinit { end() }

    /// The number of the commit that a reader sees, or that a writer is to make.
    var snapshot: Int { pointer.map { mdb_txn_id($0) } ?? 0 }

    /// The pointer, while the transaction is live.
    func live(_ operation: String) throws(LMDBError) -> OpaquePointer {
        guard let pointer else {
            throw LMDBError(
                code: .badTransaction, operation: operation, subject: environment.path,
                detail: "the transaction has ended")
        }
        return pointer
    }

    /// Throws what LMDB returned unless that is success, and notes a full map.
    func check(
        _ status: Int32, _ operation: String, _ subject: @autoclosure () -> String
    ) throws(LMDBError) {
        if status == MDB_SUCCESS { return }
        if status == MDB_MAP_FULL {
            isMapFull = true
            var ancestor = parent
            while let core = ancestor {
                core.isMapFull = true
                ancestor = core.parent
            }
        }
        throw LMDBError(
            code: .init(rawValue: status), operation: operation, subject: subject())
    }

    func commit() throws(LMDBError) {
        let transaction = try live("commit")
        pointer = nil
        // Frees the transaction in any case.
        let status = mdb_txn_commit(transaction)
        finish(isCommitted: status == MDB_SUCCESS)
        try check(status, "commit", environment.path)
    }

    /// Rolls back, unless the transaction has ended.
    func end() {
        guard let transaction = pointer else { return }
        pointer = nil
        mdb_txn_abort(transaction)
        finish(isCommitted: false)
    }

    private func finish(isCommitted: Bool) {
        for handle in newDatabases {
            if isCommitted {
                environment.databases.withLock { $0[handle.number] = handle }
            } else {
                handle.close()
            }
        }
        if locksHandles { environment.gate.unlockHandles() }
        if parent == nil {
            if isWriting { environment.gate.setWriting(false) }
            environment.gate.leave()
        }
    }
}

extension TransactionCore {
    /// Opens a database. From here to the end of the transaction no other can open any: "This
    /// function must not be called from multiple concurrent transactions in the same process."
    func openDatabase(
        _ name: String, flags: UInt32, creating: Bool
    ) throws(LMDBError) -> DatabaseHandle {
        let subject = "\(environment.path), database \(name)"
        let transaction = try live("open a database")
        guard parent == nil else {
            throw LMDBError(
                code: .badTransaction, operation: "open a database", subject: subject,
                detail: "a nested transaction cannot open one")
        }
        if !locksHandles {
            guard environment.gate.lockHandles() else {
                throw LMDBError(
                    code: .wouldDeadlock, operation: "open a database", subject: subject,
                    detail: "another transaction of this thread has opened one and has not ended")
            }
            locksHandles = true
        }
        var number: MDB_dbi = 0
        try check(
            mdb_dbi_open(transaction, name, flags | (creating ? UInt32(MDB_CREATE) : 0), &number),
            "open the database", subject)
        var found: UInt32 = 0
        try check(mdb_dbi_flags(transaction, number, &found), "open the database", subject)
        let known = environment.databases.withLock { $0[number] }
        let handle =
            known ?? newDatabases.first { $0.number == number }
            ?? DatabaseHandle(number: number, name: name, environment: environment.serial)
        if known == nil, !newDatabases.contains(where: { $0 === handle }) {
            newDatabases.append(handle)
        }
        if found != flags {
            throw LMDBError(
                code: .incompatible, operation: "open the database", subject: subject,
                detail: "it has the flags \(found) and not \(flags)")
        }
        return handle
    }

    /// The database whose keys are the names of the others. LMDB always has its handle; opening it
    /// only makes its order known, so that the others' lock is not kept.
    func openMainDatabase() throws(LMDBError) -> DatabaseHandle {
        let transaction = try live("list the databases")
        let isLocked = environment.gate.lockHandles()
        defer { if isLocked { environment.gate.unlockHandles() } }
        var number: MDB_dbi = 0
        try check(
            mdb_dbi_open(transaction, nil, 0, &number), "list the databases", environment.path)
        return DatabaseHandle(number: number, name: nil, environment: environment.serial)
    }

    /// The handle's number, when it is of this environment and open.
    func number(of handle: DatabaseHandle, _ operation: String) throws(LMDBError) -> MDB_dbi {
        guard handle.environment == environment.serial, handle.isOpen else {
            throw LMDBError(
                code: .badDatabase, operation: operation, subject: subject(handle),
                detail: "it was opened in another environment, or in a write that was rolled back")
        }
        return handle.number
    }

    func subject(_ handle: DatabaseHandle) -> String {
        handle.name.map { "\(environment.path), database \($0)" } ?? environment.path
    }
}
