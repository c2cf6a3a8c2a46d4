import Glibc

/// A file that appears under its name whole or not at all; or standard output.
final class OutputFile {
    private let path: String?
    private let temporaryPath: String
    private let descriptor: Int32
    private var isFinished = false

    /// - Parameter path: nil for standard output.
    init(path: String?) throws {
        self.path = path
        guard let path else {
            temporaryPath = ""
            descriptor = STDOUT_FILENO
            return
        }
        temporaryPath = "\(path).\(getpid()).partial"
        descriptor = open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw OutputError(path: path, code: errno) }
    }

    deinit {
        guard path != nil else { return }
        close(descriptor)
        if !isFinished { unlink(temporaryPath) }
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    var isSeekable: Bool { lseek(descriptor, 0, SEEK_CUR) >= 0 }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw failure()
            }
            rest = rest.dropFirst(written)
        }
    }

    /// Writes over the first bytes of what has been written.
    func rewriteStart(_ bytes: [UInt8]) throws {
        guard lseek(descriptor, 0, SEEK_SET) >= 0 else { throw failure() }
        try write(bytes)
        guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw failure() }
    }

    func finish() throws {
        guard let path else { return }
        guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else { throw failure() }
        isFinished = true
    }

    private func failure() -> OutputError {
        OutputError(path: path ?? "standard output", code: errno)
    }
}

/// A file that could not be written, with the system's reason.
struct OutputError: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    var description: String { "\(path): cannot be written: \(String(cString: strerror(code)))" }
}
