/// How an environment is opened.
public struct EnvironmentOptions: Sendable {
    /// What the environment may be used for, and how it keeps clear of other processes.
    public enum Access: Sendable {
        /// Reading and writing. The data file must exist.
        case readWrite
        /// Reading and writing; data and lock file are made when the folder has none.
        case create
        /// Reading only. Takes part in locking, so `lock.mdb` must be writable, except on a
        /// read-only file system.
        case readOnly
        /// Reading only and without `lock.mdb`, for folders that cannot be written to.
        ///
        /// Nothing keeps a writer in another process from reusing pages that a reader still
        /// looks at. A read transaction that may have met this ends with
        /// `LMDBError.Code.snapshotLost`.
        case readOnlyWithoutLock
    }

    public var access: Access

    /// The size of the memory map to start with, in bytes, rounded up to whole pages. It takes
    /// address space only, neither memory nor disk. The map is never smaller than the data, and
    /// grows when it must.
    public var mapSize: Int

    /// How many named databases can be opened, at most.
    public var maximumDatabases: Int

    /// How many read transactions can be live at once, over all processes. The process that
    /// creates the lock file decides.
    public var maximumReaders: Int

    /// Whether the system reads ahead of page faults. Turn it off when the data is larger than the
    /// memory and reads are at random.
    public var readsAhead: Bool

    public init(
        access: Access = .readWrite, mapSize: Int = 1 << 30, maximumDatabases: Int = 16,
        maximumReaders: Int = 126, readsAhead: Bool = true
    ) {
        self.access = access
        self.mapSize = mapSize
        self.maximumDatabases = maximumDatabases
        self.maximumReaders = maximumReaders
        self.readsAhead = readsAhead
    }

    var isReadOnly: Bool {
        switch access {
        case .readOnly, .readOnlyWithoutLock: true
        case .readWrite, .create: false
        }
    }
}
