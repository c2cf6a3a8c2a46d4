internal import Glibc

/// A file read in place through the page cache, read-only, until the object dies.
///
/// A file that another process shortens meanwhile ends the process with SIGBUS; model files are
/// replaced by renaming, never rewritten in place.
package final class MappedFile: @unchecked Sendable {
    // Sendable: the mapping is read-only and lives as long as the object.
    package let bytes: UnsafeRawBufferPointer
    package let path: String

    /// - Throws: `ModelError` when the file is missing, unreadable, no regular file or empty.
    package init(_ path: String) throws(ModelError) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ModelError(path, systemReason(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw ModelError(path, systemReason(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ModelError(path, "this is not a regular file")
        }
        guard status.st_size > 0 else { throw ModelError(path, "the file is empty") }
        let size = Int(status.st_size)
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
            start != MAP_FAILED
        else { throw ModelError(path, systemReason(errno)) }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}

/// The system's words for an error number, "no such file" for the commonest.
func systemReason(_ code: Int32) -> String {
    code == ENOENT ? "there is no such file" : String(cString: strerror(code)).lowercased()
}
