import CLMDB
import Glibc
import Synchronization

/// An LMDB environment: a folder with `data.mdb` and `lock.mdb`, mapped into memory.
///
/// Share one environment among all threads of a process; LMDB forbids to open the same one twice in
/// a process, so that is refused (`LMDBError.Code.alreadyOpen`), whatever path leads to it. It
/// closes when the last reference to it goes. Do not use it in a child made by `fork`, and do not
/// put it on a network file system (`lmdb.h`, "Restrictions/caveats").
///
/// Commits are durable: flushed to disk before `write` returns.
///
/// **Threads.** Any thread may call any method. A transaction is lent to a synchronous closure, so
/// it stays on the thread that runs the closure, and the compiler keeps it there: it can be neither
/// copied, nor stored, nor sent. Readers never wait for a writer, nor a writer for readers; writers
/// wait for each other, over all processes. Never wait inside a transaction for a transaction on
/// another thread: growing the map waits for all transactions of the process to end.
///
/// **Map size.** All data must fit in the map. When it does not, `write` rolls back, waits until no
/// transaction of this process is live, doubles the map and calls its closure again; when another
/// process has grown the data, the next transaction adopts its size likewise. New transactions wait
/// meanwhile, except nested ones. A thread inside a transaction cannot wait for itself: a write
/// nested in a read that needs a larger map throws `mapFull`.
///
/// `@unchecked Sendable`: `MDB_env` is safe to use from several threads ("The library is fully
/// thread-aware"); the mutable fields change only within `TransactionGate.whenIdle` and are read
/// only between `enter` and `leave`.
public final class Environment: @unchecked Sendable {
    /// The folder, as it was given.
    public let path: String
    public let options: EnvironmentOptions

    let pointer: OpaquePointer
    let gate = TransactionGate()
    /// Differs between any two environments of this process.
    let serial: Int
    /// The databases that are open, by handle.
    let databases = Mutex<[UInt32: DatabaseHandle]>([:])
    /// In bytes, as LMDB has rounded it.
    var mapSize: Int
    /// False after the map could not be replaced: every transaction is refused from then on.
    var isMapped = true

    let identity: FileIdentity
    private static let lastSerial = Atomic(0)

    /// Opens the environment in a folder, which must exist.
    ///
    /// Clears reader slots that dead processes have left behind.
    ///
    /// - Throws: `alreadyOpen`; `noSuchFile` when there is no data file and `options` do not say to
    ///   create one; `truncated`, `invalid`, `corrupted` or `versionMismatch` for a file that is
    ///   not whole or not LMDB's, as far as that is seen without reading all of it; system errors.
    public init(path: String, options: EnvironmentOptions = EnvironmentOptions())
        throws(LMDBError)
    {
        let opened = try OpenFiles.identities.withLock { identities throws(LMDBError) in
            let known = try Self.checkDataFile(path, options)
            if let known, identities.contains(known) {
                throw LMDBError(code: .alreadyOpen, operation: "open", subject: path)
            }
            let pointer = try Self.open(path, options)
            do throws(LMDBError) {
                let identity = try Self.identity(of: pointer, path)
                identities.insert(identity)
                // An address is no `Sendable`; this one is handed over, not shared.
                return (pointer: UInt(bitPattern: pointer), identity: identity)
            } catch {
                mdb_env_close(pointer)
                throw error
            }
        }
        guard let pointer = OpaquePointer(bitPattern: opened.pointer) else {
            throw LMDBError(code: .noMemory, operation: "open", subject: path)
        }
        self.path = path
        self.options = options
        self.pointer = pointer
        identity = opened.identity
        serial = Self.lastSerial.add(1, ordering: .relaxed).newValue
        mapSize = Self.mapSize(of: pointer)
    }

    deinit {
        OpenFiles.identities.withLock { identities in
            mdb_env_close(pointer)
            identities.remove(identity)
        }
    }

    /// Looks at the data file; nil when LMDB is to make it.
    private static func checkDataFile(
        _ path: String, _ options: EnvironmentOptions
    ) throws(LMDBError) -> FileIdentity? {
        let mayBeNew = options.access == .create
        guard let file = try DataFile(path: path + "/data.mdb") else {
            if mayBeNew { return nil }
            throw LMDBError(
                code: .noSuchFile, operation: "open", subject: path,
                detail: "there is no data.mdb in this folder")
        }
        let isNew = mayBeNew ? try file.size() == 0 : false
        if !isNew { try file.check() }
        return file.identity
    }

    private static func open(
        _ path: String, _ options: EnvironmentOptions
    ) throws(LMDBError) -> OpaquePointer {
        var created: OpaquePointer?
        try LMDBError.check(mdb_env_create(&created), "open", path)
        guard let pointer = created else {
            throw LMDBError(code: .noMemory, operation: "open", subject: path)
        }
        var flags = MDB_NOTLS
        if options.isReadOnly { flags |= MDB_RDONLY }
        if options.access == .readOnlyWithoutLock { flags |= MDB_NOLOCK }
        if !options.readsAhead { flags |= MDB_NORDAHEAD }
        do throws(LMDBError) {
            guard options.mapSize > 0, let databases = UInt32(exactly: options.maximumDatabases),
                let readers = UInt32(exactly: options.maximumReaders), readers > 0
            else {
                throw LMDBError(
                    code: .invalidArgument, operation: "open", subject: path,
                    detail: "map size and limits must be positive")
            }
            try LMDBError.check(
                mdb_env_set_mapsize(pointer, roundedToPages(options.mapSize)), "open", path)
            try LMDBError.check(mdb_env_set_maxdbs(pointer, databases), "open", path)
            try LMDBError.check(mdb_env_set_maxreaders(pointer, readers), "open", path)
            // LMDB's usual mode; the process's umask takes away from it.
            try LMDBError.check(mdb_env_open(pointer, path, UInt32(flags), 0o666), "open", path)
            var cleared: Int32 = 0
            try LMDBError.check(mdb_reader_check(pointer, &cleared), "clear stale readers", path)
            return pointer
        } catch {
            // "If this function fails, mdb_env_close() must be called to discard the handle."
            mdb_env_close(pointer)
            throw error
        }
    }

    private static func identity(
        of pointer: OpaquePointer, _ path: String
    ) throws(LMDBError) -> FileIdentity {
        var descriptor: Int32 = -1
        try LMDBError.check(mdb_env_get_fd(pointer, &descriptor), "open", path)
        var status = stat()
        if fstat(descriptor, &status) != 0 {
            throw LMDBError(code: .init(rawValue: errno), operation: "open", subject: path)
        }
        return FileIdentity(device: UInt(status.st_dev), node: UInt(status.st_ino))
    }

    private static func roundedToPages(_ size: Int) -> Int {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let (sum, overflows) = size.addingReportingOverflow(page - 1)
        return (overflows ? Int.max : sum) / page * page
    }

    static func mapSize(of pointer: OpaquePointer) -> Int {
        var info = MDB_envinfo()
        // Fails for a null pointer only.
        mdb_env_info(pointer, &info)
        return info.me_mapsize
    }
}
