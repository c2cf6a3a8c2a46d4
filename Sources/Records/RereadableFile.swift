internal import Glibc
internal import Synchronization

/// A file that can be read several times, even if it is standard input or a pipe.
///
/// A stream gives its bytes once only, so they are copied, when they are first asked for, into a
/// temporary file without a name, in `$TMPDIR` or /tmp; it is gone when this object is, or the
/// process. Other files are not copied.
package final class RereadableFile: Sendable {
    /// As the caller gave it; "-" is standard input.
    package let path: String
    /// The copy's descriptor; nil before the first reading. A failure stays one, since part of the
    /// stream has been read.
    private let copy = Mutex<Result<Int32, RecordError>?>(nil)

    package init(path: String) { self.path = path }

    deinit {
        copy.withLock { copy in
            if case .success(let descriptor)? = copy { close(descriptor) }
        }
    }

    /// What errors call the file.
    package var name: String { InputWindow.name(of: path) }

    /// Whether the file is standard input, a pipe, a socket or a device, whose bytes come only once.
    package var isStream: Bool {
        if path == "-" { return true }
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    /// A new file descriptor that reads from the start, to be closed by the caller.
    ///
    /// - Throws: `RecordError` when the file cannot be opened, or a stream not be copied.
    func open() throws(RecordError) -> Int32 {
        guard isStream else { return try InputWindow.open(path) }
        let made = copy.withLock { copy in
            let made = copy ?? Result { () throws(RecordError) in try makeCopy() }
            copy = made
            return made
        }
        return try reopen(made.get())
    }

    /// A descriptor with a position of its own, which `dup` would not give.
    private func reopen(_ copy: Int32) throws(RecordError) -> Int32 {
        let descriptor = Glibc.open("/proc/self/fd/\(copy)", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw failure("cannot open its temporary copy") }
        return descriptor
    }

    private func makeCopy() throws(RecordError) -> Int32 {
        let source = path == "-" ? STDIN_FILENO : try InputWindow.open(path)
        defer {
            if source != STDIN_FILENO { close(source) }
        }
        let folder = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        let descriptor = try makeUnnamedFile(in: folder)
        do throws(RecordError) {
            try copyBytes(from: source, to: descriptor, in: folder)
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private func makeUnnamedFile(in folder: String) throws(RecordError) -> Int32 {
        var template = Array("\(folder)/kotae.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw cannotCopy(to: folder) }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private func copyBytes(
        from source: Int32, to destination: Int32, in folder: String
    ) throws(RecordError) {
        var buffer = [UInt8](repeating: 0, count: InputWindow.defaultSize)
        while true {
            let count = buffer.withUnsafeMutableBytes { InputWindow.read(source, into: $0) }
            if count < 0 { throw failure("cannot read") }
            if count == 0 { return }
            var done = 0
            while done < count {
                let written = buffer[done..<count].withUnsafeBytes {
                    write(destination, $0.baseAddress, $0.count)
                }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw cannotCopy(to: folder) }
                done += written
            }
        }
    }

    private func cannotCopy(to folder: String) -> RecordError {
        failure("cannot be copied to a temporary file in \(folder) (TMPDIR names another folder)")
    }

    /// - Parameter what: what cannot be done; the system's reason goes behind it.
    private func failure(_ what: String) -> RecordError {
        RecordError(path: name, reason: "\(what): \(String(cString: strerror(errno)))")
    }
}
