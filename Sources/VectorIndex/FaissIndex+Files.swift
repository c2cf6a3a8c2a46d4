import CFaiss
import Glibc

extension FaissIndex {
    /// Reads a file that `write(to:)`, or FAISS's own `write_index`, has made of a flat
    /// inner-product index.
    ///
    /// The file is not trusted: its sizes are checked against its length, and its numbers for being
    /// finite. FAISS's format has no checksum, so other changes to the numbers are not noticed.
    ///
    /// - Parameter threads: how many OpenMP threads one search may use; nil for the number of
    ///   processors.
    /// - Throws: `FaissError` with the path.
    public convenience init(contentsOf path: String, threads: Int? = nil) throws(FaissError) {
        var read: OpaquePointer?
        var generation: UInt64 = 0
        try callFaiss("read", path: path) { error in cfaiss_read(path, &read, &generation, error) }
        guard let read else {
            throw FaissError(.library, operation: "read", path: path, message: "no index was read")
        }
        let largestNorm: Float
        do throws(FaissError) {
            largestNorm = try Self.largestNorm(of: read)
        } catch {
            cfaiss_destroy(read)
            throw FaissError(
                .malformedFile, operation: "read", path: path, message: error.message)
        }
        self.init(
            adopting: read, largestNorm: largestNorm, threads: threads, generation: generation)
    }

    private static func largestNorm(of index: OpaquePointer) throws(FaissError) -> Float {
        let width = Int(cfaiss_dimensions(index))
        // A flat index holds count × dimensions floats, and nothing changes it meanwhile. The
        // reader has made sure that their number is one that a file can have.
        let vectors = UnsafeBufferPointer(
            start: cfaiss_vectors(index), count: Int(cfaiss_count(index)) * width)
        return try VectorNorms(of: vectors.span, dimensions: width, operation: "read").largest
    }

    /// Writes the index so that the file is whole or as it was before, also after a loss of power:
    /// to a temporary file in the same folder, flushed to the disk, renamed, and the folder
    /// flushed.
    ///
    /// - Parameter generation: when not 0, written after FAISS's own bytes; other readers of FAISS
    ///   leave it unread.
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
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
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
