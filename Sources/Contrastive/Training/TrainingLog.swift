internal import Files
internal import Glibc
internal import JSON

/// What happened in a training, one JSON object a line: each step, each evaluation.
final class TrainingLog {
    private let path: String
    private let descriptor: Int32
    private(set) var bytes: Int

    /// - Parameter bytes: how much of the file is kept; what a training wrote after its last
    ///   checkpoint is written again.
    init(_ path: String, keeping bytes: Int) throws(FileError) {
        self.path = path
        self.bytes = bytes
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(path) }
        guard ftruncate(descriptor, bytes) == 0, lseek(descriptor, 0, SEEK_END) == bytes else {
            throw FileError(path)
        }
    }

    deinit { close(descriptor) }

    func append(_ value: JSONValue) throws(FileError) {
        let line = Array((value.description + "\n").utf8)
        try writeAll(line, to: descriptor, path: path)
        bytes += line.count
    }

    func flush() throws(FileError) { try Files.flush(descriptor, path: path) }
}
