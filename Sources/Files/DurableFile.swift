internal import Glibc

/// Files that appear under their name whole or not at all, also after a loss of power.
package enum DurableFile {
    /// Writes to a temporary file beside `path`, flushes it, renames it and flushes the folder.
    ///
    /// - Parameter body: gets a function that appends bytes.
    /// - Throws: `FileError`, or what `body` throws. The former file stays then.
    package static func write(
        to path: String,
        _ body: ((UnsafeRawBufferPointer) throws(FileError) -> Void) throws -> Void
    ) throws {
        let temporary = "\(path).\(getpid()).partial"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(path) }
        do {
            defer { close(descriptor) }
            try body { (bytes) throws(FileError) in
                try writeAll(bytes, to: descriptor, path: path)
            }
            try flush(descriptor, path: path)
            guard rename(temporary, path) == 0 else { throw FileError(path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try flushFolder(of: path)
    }

    /// Writes a text.
    package static func write(_ text: String, to path: String) throws {
        let bytes = Array(text.utf8)
        try write(to: path) { write in try bytes.withUnsafeBytes { try write($0) } }
    }

    /// Makes what was renamed or made in the folder that holds `path` outlast a loss of power.
    package static func flushFolder(of path: String) throws(FileError) {
        let folder = parent(of: path)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(folder) }
        defer { close(descriptor) }
        try flush(descriptor, path: folder)
    }

    /// The folder that holds a file or folder.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
