extension Environment {
    /// Opens a database, in a short transaction of its own.
    ///
    /// Transactions that are live already cannot use it. Inside a write, use the transaction's own
    /// `openDatabase`.
    ///
    /// - Throws: `notFound` when it is missing and not to be created; `incompatible` when it is of
    ///   another kind or its keys are; `databasesFull`; `wouldDeadlock` inside a write that has
    ///   opened one.
    public func openDatabase<Key>(
        _ name: String, kind: DatabaseKind = .single, create: Bool = false,
        keys: Key.Type = Key.self
    ) throws -> Database<Key> {
        if create {
            return try write { transaction in
                try transaction.openDatabase(name, kind: kind, create: true)
            }
        }
        let core = try beginReading()
        let handle = try core.openDatabase(name, flags: kind.flags | Key.flags, creating: false)
        // Ends a read transaction so that handles which were opened in it stay.
        try core.commit()
        return Database(handle: handle, kind: kind)
    }
}
