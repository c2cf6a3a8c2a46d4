internal import BiEncoder
internal import Glibc
internal import JSON

/// What happened in a training, one JSON object a line: each step, each evaluation.
final class TrainingLog {
    private let path: String
    private let descriptor: Int32
    private(set) var bytes: Int

    /// - Parameter bytes: how much of the file is kept; what a training wrote after its last
    ///   checkpoint is written again.
    init(_ path: String, keeping bytes: Int) throws(ModelError) {
        self.path = path
        self.bytes = bytes
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw ModelError(path, String(cString: strerror(errno))) }
        guard ftruncate(descriptor, bytes) == 0, lseek(descriptor, 0, SEEK_END) == bytes else {
            throw ModelError(path, String(cString: strerror(errno)))
        }
    }

    deinit { close(descriptor) }

    func append(_ value: JSONValue) throws(ModelError) {
        let line = Array((value.description + "\n").utf8)
        var rest = line[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw ModelError(path, "cannot be written: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(written)
        }
        bytes += line.count
    }

    func flush() throws(ModelError) {
        guard fsync(descriptor) == 0 else {
            throw ModelError(path, "cannot be written: \(String(cString: strerror(errno)))")
        }
    }
}
