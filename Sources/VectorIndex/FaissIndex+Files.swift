import CFaiss
import Glibc

extension FaissIndex {
    /// Opens a file that `write(to:)`, `FlatIndexWriter` or FAISS's own `write_index` has made of an
    /// index with inner products.
    ///
    /// A "Flat" index is searched where it lies in the file, which takes no memory and no time to
    /// read; so is an "HNSW" graph over flat rows. The file's bytes must not change as long as the
    /// index lives, but a new file may be renamed to its name.
    ///
    /// The file is not trusted. Its bytes are checked against the checksums that this package writes
    /// behind those of FAISS, of indexes that are searched where they lie when a search first meets
    /// them; and whatever would be followed blindly is checked besides, so that a file from elsewhere
    /// cannot do harm.
    ///
    /// - Parameter threads: how many OpenMP threads one search may use; nil for the number of
    ///   processors.
    /// - Throws: `FaissError` with the path.
    public convenience init(contentsOf path: String, threads: Int? = nil) throws(FaissError) {
        let (opened, generation) = try Self.open(path, threads: threads, grow: false)
        self.init(adopting: opened, threads: threads, generation: generation, path: path)
    }

    /// Checks what opening leaves to the searches: all of a file that is searched where it lies. O(size).
    ///
    /// - Throws: `FaissError` with the path when it is damaged.
    public func check() throws(FaissError) {
        try callFaiss("read", path: path) { error in
            cfaiss_check(index, Int32(clamping: threads), error)
        }
    }

    /// - Parameter grow: whether rows will be added; the index is read into memory then.
    static func open(
        _ path: String, threads: Int?, grow: Bool
    ) throws(FaissError) -> (index: OpaquePointer, generation: UInt64) {
        var opened: OpaquePointer?
        var generation: UInt64 = 0
        let threads = Int32(clamping: Self.threads(threads))
        try callFaiss("read", path: path) { error in
            cfaiss_open(path, threads, grow, &opened, &generation, error)
        }
        guard let opened else {
            throw FaissError(.library, operation: "read", path: path, message: "no index was read")
        }
        return (opened, generation)
    }

    /// Writes the index so that the file is whole or as it was before, also after a loss of power:
    /// to a temporary file in the same folder, flushed to the disk, renamed, and the folder
    /// flushed.
    ///
    /// FAISS's own bytes are followed by checksums and the generation, which other readers of FAISS
    /// leave unread.
    ///
    /// - Parameter generation: see `generation`.
    /// - Throws: `FaissError` with the path. The temporary file is gone then, unless the process
    ///   died.
    public func write(to path: String, generation: UInt64 = 0) throws(FaissError) {
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        let temporary = "\(path).\(suffix).tmp"
        do throws(FaissError) {
            try writeInPlace(to: temporary, generation: generation)
            if rename(temporary, path) != 0 {
                throw Self.systemError("cannot rename the new file to this name")
            }
        } catch {
            unlink(temporary)
            throw FaissError(error.code, operation: "write", path: path, message: error.message)
        }
        do throws(FaissError) {
            try Self.flushFolder(of: path)
        } catch {
            throw FaissError(error.code, operation: "write", path: path, message: error.message)
        }
    }

    /// Writes and flushes the file itself, whatever stood there before.
    package func writeInPlace(to path: String, generation: UInt64 = 0) throws(FaissError) {
        try callFaiss("write", path: path) { error in cfaiss_write(index, path, generation, error) }
    }

    private static func flushFolder(of path: String) throws(FaissError) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(path[...$0]) } ?? "."
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemError("cannot open the folder") }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw systemError("cannot flush the folder to the disk") }
    }

    private static func systemError(_ what: String) -> FaissError {
        FaissError(
            .inputOutput, operation: "write",
            message: "\(what): \(String(cString: strerror(errno)))")
    }
}
