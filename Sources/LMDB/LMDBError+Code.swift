import CLMDB
import Glibc

extension LMDBError {
    /// A return code: LMDB's own are negative, `errno` values are positive.
    ///
    /// The set is open: a code that has no name here is still passed on. See "Return Codes" in
    /// `lmdb.h`, <http://www.lmdb.tech/doc/group__errors.html>.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Lets a code stand as a pattern for the errors that carry it.
        public static func ~= (code: Code, error: any Error) -> Bool {
            (error as? LMDBError)?.code == code
        }
    }
}

extension LMDBError.Code {
    /// The key, or the pair, is there already; or a key given for appending is not the largest.
    public static let keyExists = Self(rawValue: MDB_KEYEXIST)
    /// No such key, pair or database.
    public static let notFound = Self(rawValue: MDB_NOTFOUND)
    /// A page that the database refers to does not exist: the file is damaged.
    public static let pageNotFound = Self(rawValue: MDB_PAGE_NOTFOUND)
    /// A page is of the wrong kind: the file is damaged.
    public static let corrupted = Self(rawValue: MDB_CORRUPTED)
    /// The environment had a fatal error and must be closed.
    public static let panic = Self(rawValue: MDB_PANIC)
    /// The file, or the lock file that another process holds, has another format version.
    public static let versionMismatch = Self(rawValue: MDB_VERSION_MISMATCH)
    /// The file is not an LMDB file.
    public static let invalid = Self(rawValue: MDB_INVALID)
    /// The memory map is full, and could not be grown.
    public static let mapFull = Self(rawValue: MDB_MAP_FULL)
    /// More databases were opened than `EnvironmentOptions.maximumDatabases`.
    public static let databasesFull = Self(rawValue: MDB_DBS_FULL)
    /// More read transactions are live than `EnvironmentOptions.maximumReaders`.
    public static let readersFull = Self(rawValue: MDB_READERS_FULL)
    /// The transaction has too many changed pages.
    public static let transactionFull = Self(rawValue: MDB_TXN_FULL)
    /// Another process has grown the database beyond this process's map.
    public static let mapResized = Self(rawValue: MDB_MAP_RESIZED)
    /// The operation does not suit the database, or its kind is not the one asked for.
    public static let incompatible = Self(rawValue: MDB_INCOMPATIBLE)
    /// A transaction has ended, has failed before, or has a child.
    public static let badTransaction = Self(rawValue: MDB_BAD_TXN)
    /// A key, a name or a value has a size that LMDB does not take.
    public static let badValueSize = Self(rawValue: MDB_BAD_VALSIZE)
    /// A database handle that is no longer, or not yet, valid in this transaction.
    public static let badDatabase = Self(rawValue: MDB_BAD_DBI)

    /// `ENOENT`: no such file or folder.
    public static let noSuchFile = Self(rawValue: ENOENT)
    /// `EACCES`: the permissions do not allow it, or a write in a read-only environment.
    public static let accessDenied = Self(rawValue: EACCES)
    /// `EPERM`: not permitted.
    public static let notPermitted = Self(rawValue: EPERM)
    /// `EROFS`: the file system is read-only.
    public static let readOnlyFileSystem = Self(rawValue: EROFS)
    /// `ENOSPC`: the disk is full.
    public static let noSpace = Self(rawValue: ENOSPC)
    /// `EIO`: the device failed.
    public static let inputOutput = Self(rawValue: EIO)
    /// `ENOMEM`: no memory, or no room in the address space for the map.
    public static let noMemory = Self(rawValue: ENOMEM)
    /// `EEXIST`: the file is there already.
    public static let fileExists = Self(rawValue: EEXIST)
    /// `ENOTDIR`: a part of the path is not a folder.
    public static let notAFolder = Self(rawValue: ENOTDIR)
    /// `EINVAL`: an argument that LMDB does not take.
    public static let invalidArgument = Self(rawValue: EINVAL)

    /// This process has the environment open already, which LMDB forbids to do twice.
    public static let alreadyOpen = Self(rawValue: -30_600)
    /// The data file is shorter than the pages that it says it has.
    public static let truncated = Self(rawValue: -30_601)
    /// Without a lock, a writer has reused pages under a read transaction.
    public static let snapshotLost = Self(rawValue: -30_602)
    /// The calling thread has a transaction live that would wait for itself.
    public static let wouldDeadlock = Self(rawValue: -30_603)

    /// The message of the codes that are this module's and not LMDB's.
    var ownMessage: String? {
        switch self {
        case .alreadyOpen: "the environment is open in this process already"
        case .truncated: "the data file is shorter than it says it is"
        case .snapshotLost: "the environment was written to while it was read without a lock"
        case .wouldDeadlock: "a transaction of this thread is in the way"
        default: nil
        }
    }
}
