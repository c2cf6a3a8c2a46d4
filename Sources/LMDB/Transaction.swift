/// What a transaction may do: `ReadOnly` or `ReadWrite`.
public protocol TransactionAccess {}

/// See `ReadTransaction`.
public enum ReadOnly: TransactionAccess {}

/// See `WriteTransaction`.
public enum ReadWrite: TransactionAccess {}

/// A transaction, lent by `Environment.read` or `Environment.write` for the length of a closure.
///
/// What it reads is lent too, straight from the map, and is valid "until a subsequent update
/// operation, or the end of the transaction" (`MDB_val`, <http://www.lmdb.tech/doc/>). The compiler
/// holds both: a span cannot leave the closure that it is lent to, and a write is `mutating`, so it
/// cannot happen in that closure either.
public struct Transaction<Access: TransactionAccess>: ~Copyable {
    @usableFromInline let core: TransactionCore

    @usableFromInline
    init(_ core: TransactionCore) {
        self.core = core
    }

    /// A second wrapper of a transaction that is lent to the caller, to be lent on within the same
    /// closure as part of another type.
    package init(lending other: borrowing Self) {
        core = other.core
    }

    /// The number of the commit whose state is read; for a writer, of the commit to be made.
    /// Numbers grow by one with every commit that changes something.
    public var number: Int { core.snapshot }

    /// The environment's folder, as it was given.
    public var path: String { core.environment.path }
}

/// One snapshot, for reading.
public typealias ReadTransaction = Transaction<ReadOnly>

extension Transaction where Access == ReadOnly {
    /// A wrapper of a transaction that is lent to the caller, for look-ups that need not be generic
    /// over what the transaction may do.
    @inlinable
    package init<Other>(reading other: borrowing Transaction<Other>) {
        self.init(other.core)
    }
}

/// The state to be committed, for reading and writing. There is one at a time, over all processes.
public typealias WriteTransaction = Transaction<ReadWrite>

/// A transaction stays on the thread that began it.
@available(*, unavailable)
extension Transaction: Sendable {}
