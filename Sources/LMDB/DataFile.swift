import CLMDB
import Glibc

/// The first look at a `data.mdb`, before LMDB maps it.
///
/// LMDB trusts its file: an impossible page size stops the process, and so does a page that the
/// file is too short to hold. What can be checked cheaply is checked here, by reading rather than
/// by mapping: both meta pages, and that every page in use is there. Pages that are damaged within
/// are not found this way.
///
/// The layout is that of LMDB 0.9 (`MDB_DATA_VERSION` 1) for 64-bit little-endian processors, in
/// `mdb.c`: `MDB_page`, `MDB_meta`, `MDB_db`, `MDB_node`. Opening and closing this file is harmless
/// to an environment that is open elsewhere: LMDB's advisory locks are on `lock.mdb`.
struct DataFile: ~Copyable {
    let path: String
    private let descriptor: Int32
    private let device: UInt
    private let node: UInt

    /// Nil when there is no such file.
    init?(path: String) throws(LMDBError) {
        // O_NONBLOCK, so that a pipe of this name does not make the process wait.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw LMDBError(code: .init(rawValue: errno), operation: "open", subject: path)
        }
        var status = stat()
        let code = fstat(descriptor, &status) == 0 ? MDB_SUCCESS : errno
        let isFile = status.st_mode & S_IFMT == S_IFREG
        guard code == MDB_SUCCESS, isFile else {
            close(descriptor)
            throw LMDBError(
                code: code == MDB_SUCCESS ? .invalid : .init(rawValue: code), operation: "open",
                subject: path, detail: isFile ? nil : "it is not a regular file")
        }
        self.path = path
        self.descriptor = descriptor
        device = UInt(status.st_dev)
        node = UInt(status.st_ino)
    }

    deinit { close(descriptor) }

    var identity: FileIdentity { FileIdentity(device: device, node: node) }

    /// The file's length in bytes, now.
    func size() throws(LMDBError) -> Int {
        var status = stat()
        if fstat(descriptor, &status) != 0 {
            throw LMDBError(code: .init(rawValue: errno), operation: "read", subject: path)
        }
        return Int(status.st_size)
    }

    /// Checks what can be checked before the file is mapped.
    ///
    /// A writer in another process may commit meanwhile. The meta pages are read before the size,
    /// and the file never shrinks, so only the list of free pages can change under this; then the
    /// check is made anew.
    func check() throws(LMDBError) {
        while true {
            let meta = try readMeta()
            do {
                return try check(meta)
            } catch {
                if try readMeta().transaction == meta.transaction { throw error }
            }
        }
    }

    private func check(_ meta: Meta) throws(LMDBError) {
        let present = UInt64(try size() / meta.pageSize)
        for root in [meta.freeRoot, meta.mainRoot] where root != Meta.noPage {
            if root > meta.lastPage {
                throw damaged(.corrupted, "a tree starts at page \(root) of \(meta.lastPage)")
            }
        }
        if meta.lastPage < present { return }
        // "Actually the file may be shorter if the freeDB lists the final pages." (`MDB_meta`)
        let free = try freePages(in: present...meta.lastPage, meta: meta)
        if UInt64(free.count) < meta.lastPage - present + 1 {
            throw damaged(
                .truncated,
                "it has \(present) pages of \(meta.pageSize) bytes and needs \(meta.lastPage + 1)")
        }
    }

    /// Reads exactly this many bytes.
    func read(_ count: Int, at offset: UInt64) throws(LMDBError) -> [UInt8] {
        guard let position = off_t(exactly: offset) else {
            throw damaged(.corrupted, "it refers to byte \(offset)")
        }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let length = bytes.withUnsafeMutableBytes { buffer in
                pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled,
                    position + off_t(filled))
            }
            if length < 0, errno == EINTR { continue }
            if length < 0 {
                throw LMDBError(code: .init(rawValue: errno), operation: "read", subject: path)
            }
            if length == 0 {
                throw damaged(.truncated, "it ends before byte \(offset + UInt64(count))")
            }
            filled += length
        }
        return bytes
    }

    func damaged(_ code: LMDBError.Code, _ detail: String) -> LMDBError {
        LMDBError(code: code, operation: "open", subject: path, detail: detail)
    }
}
