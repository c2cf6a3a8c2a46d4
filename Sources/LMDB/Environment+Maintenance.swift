import CLMDB
import Glibc

extension Environment {
    /// Frees the reader slots of processes that died inside a transaction, and returns how many.
    @discardableResult
    public func clearStaleReaders() throws(LMDBError) -> Int {
        var cleared: Int32 = 0
        try LMDBError.check(mdb_reader_check(pointer, &cleared), "clear stale readers", path)
        return Int(cleared)
    }

    /// Whether the data file that is open is still the one in the folder, and not replaced since.
    public func isInPlace() -> Bool {
        var status = stat()
        return stat(path + "/data.mdb", &status) == 0
            && FileIdentity(device: UInt(status.st_dev), node: UInt(status.st_ino)) == identity
    }

    /// The environment's state, now.
    public func info() throws(LMDBError) -> EnvironmentInfo {
        try enter("read the state")
        defer { gate.leave() }
        var info = MDB_envinfo()
        // Fails for a null pointer only.
        mdb_env_info(pointer, &info)
        return EnvironmentInfo(info)
    }

    /// Writes a copy of one snapshot to a folder, which must exist and hold no `data.mdb`, flushed
    /// to disk. Writers may go on meanwhile.
    ///
    /// - Parameter compacting: leave out free pages, for the smallest file; slower.
    /// - Throws: `fileExists`, `noSpace` and other system errors. A copy that failed is removed.
    public func copy(to folder: String, compacting: Bool = true) throws(LMDBError) {
        let copyPath = folder + "/data.mdb"
        while true {
            try enter("copy to \(folder)")
            let status = mdb_env_copy2(pointer, folder, compacting ? UInt32(MDB_CP_COMPACT) : 0)
            gate.leave()
            if status == MDB_SUCCESS { return try Self.flush(copyPath) }
            // LMDB made the file, unless opening it is what failed.
            if status != EEXIST, status != ENOENT { unlink(copyPath) }
            if status != MDB_MAP_RESIZED {
                throw LMDBError(
                    code: .init(rawValue: status), operation: "copy to \(folder)", subject: path)
            }
            try adoptMapSize()
        }
    }

    /// Reads every page of one snapshot: those of all trees, of large values, and of the free list.
    ///
    /// LMDB trusts what its pages say. Where they are damaged this can end the process.
    ///
    /// - Throws: `corrupted`, `pageNotFound` or `incompatible` when a page is not what it should be, or
    ///   belongs to nothing.
    public func readAllPages() throws(LMDBError) {
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard nowhere >= 0 else {
            throw LMDBError(code: .init(rawValue: errno), operation: "read all pages", subject: path)
        }
        defer { close(nowhere) }
        try enter("read all pages")
        defer { gate.leave() }
        // A compacting copy follows every tree, and counts the pages.
        let status = mdb_env_copyfd2(pointer, nowhere, UInt32(MDB_CP_COMPACT))
        try LMDBError.check(status, "read all pages", path)
    }

    private static func flush(_ file: String) throws(LMDBError) {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw LMDBError(code: .init(rawValue: errno), operation: "flush", subject: file)
        }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 {
            throw LMDBError(code: .init(rawValue: errno), operation: "flush", subject: file)
        }
    }
}
