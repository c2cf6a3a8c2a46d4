import CLMDB
import Synchronization

/// A handle to one table of an environment, with keys of one type.
///
/// Handles are cheap to copy and stay valid as long as the environment is open, except one that was
/// opened in a write transaction that was then rolled back: its use throws `badDatabase`. A
/// transaction can use the databases that were open when it began, and those it opens itself.
public struct Database<Key: DatabaseKey>: Sendable {
    @usableFromInline let handle: DatabaseHandle
    let kind: DatabaseKind

    /// The table's name in the environment.
    public var name: String { handle.name ?? "" }
}

/// What values a key has.
public struct DatabaseKind: Sendable, Equatable {
    let flags: UInt32
    /// How many bytes a value may have.
    let sizes: ClosedRange<Int>

    /// One value a key, of 0 to 4,294,967,295 bytes.
    public static let single = DatabaseKind(flags: 0, sizes: 0...Int(UInt32.max))

    /// A sorted set of values a key, compared byte by byte; each of 1 to 511 bytes
    /// (`MDB_DUPSORT`).
    public static let sortedSet = DatabaseKind(flags: UInt32(MDB_DUPSORT), sizes: 1...511)

    /// The same, all values of one size, from 1 to 511 bytes (`MDB_DUPSORT` and `MDB_DUPFIXED`).
    public static func sortedSet(ofSize size: Int) -> DatabaseKind {
        precondition((1...511).contains(size), "LMDB's sets hold values of 1 to 511 bytes")
        return DatabaseKind(flags: UInt32(MDB_DUPSORT | MDB_DUPFIXED), sizes: size...size)
    }
}

/// One `MDB_dbi`. LMDB's handles are never closed before their environment is, as `lmdb.h` advises.
@usableFromInline
final class DatabaseHandle: Sendable {
    let number: UInt32
    let name: String?
    /// The serial number of the environment.
    let environment: Int
    private let isValid = Atomic(true)

    init(number: UInt32, name: String?, environment: Int) {
        self.number = number
        self.name = name
        self.environment = environment
    }

    var isOpen: Bool { isValid.load(ordering: .relaxed) }

    func close() { isValid.store(false, ordering: .relaxed) }
}
