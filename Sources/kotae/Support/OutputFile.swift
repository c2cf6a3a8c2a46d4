import Files
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
        guard descriptor >= 0 else { throw FileError(path) }
    }

    deinit {
        guard path != nil else { return }
        close(descriptor)
        if !isFinished { unlink(temporaryPath) }
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    var isSeekable: Bool { lseek(descriptor, 0, SEEK_CUR) >= 0 }

    private var name: String { path ?? "standard output" }

    func write(_ bytes: [UInt8]) throws { try writeAll(bytes, to: descriptor, path: name) }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try writeAll(bytes, to: descriptor, path: name)
    }

    /// Writes over the first bytes of what has been written.
    func rewriteStart(_ bytes: [UInt8]) throws {
        guard lseek(descriptor, 0, SEEK_SET) >= 0 else { throw FileError(name) }
        try write(bytes)
        guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw FileError(name) }
    }

    func finish() throws {
        guard let path else { return }
        guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else { throw FileError(name) }
        isFinished = true
    }
}
