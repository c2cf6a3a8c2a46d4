import CLMDB
import Glibc

extension Environment {
    /// Doubles the map, unless another thread has done so since it had the size that was too small.
    ///
    /// - Throws: `mapFull` when this thread has a transaction live or the size has no double;
    ///   `noMemory` when the address space has no room for it.
    func growMap(beyond size: Int) throws(LMDBError) {
        let isDone: Void? = try gate.whenIdle { () throws(LMDBError) in
            if mapSize > size { return }
            let (doubled, overflows) = mapSize.multipliedReportingOverflow(by: 2)
            if overflows {
                throw LMDBError(code: .mapFull, operation: "grow the map", subject: path)
            }
            try checkRoom(forMapOf: doubled)
            try setMapSize(doubled)
        }
        if isDone == nil {
            throw LMDBError(
                code: .mapFull, operation: "grow the map", subject: path,
                detail: "this thread is inside another transaction, which must end first")
        }
    }

    /// Takes over the size to which another process has grown the data.
    func adoptMapSize() throws(LMDBError) {
        let isDone: Void? = try gate.whenIdle { () throws(LMDBError) in try setMapSize(0) }
        if isDone == nil {
            throw LMDBError(
                code: .mapResized, operation: "adopt the new map size", subject: path,
                detail: "this thread is inside another transaction, which must end first")
        }
    }

    /// `mdb_env_set_mapsize` gives up the old map before it has the new one, so this tries first
    /// whether there is room.
    private func checkRoom(forMapOf size: Int) throws(LMDBError) {
        let trial = mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        if trial == MAP_FAILED {
            throw LMDBError(
                code: .init(rawValue: errno), operation: "grow the map", subject: path,
                detail: "no room for \(size) bytes of address space")
        }
        munmap(trial, size)
    }

    /// Within `whenIdle` only: "It may be called at later times if no transactions are active in
    /// this process. Note that the library does not check for this condition."
    private func setMapSize(_ size: Int) throws(LMDBError) {
        let status = mdb_env_set_mapsize(pointer, size)
        isMapped = status == MDB_SUCCESS
        try LMDBError.check(status, "set the map size", path)
        mapSize = Self.mapSize(of: pointer)
    }
}
