internal import Files
internal import Glibc

/// Held while a file is fetched, so that two processes, Python's among them, do not write to one file.
final class BlobLock {
    private let descriptor: Int32

    /// Waits until nobody else holds it.
    init(at path: String) async throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path) }
        self.descriptor = descriptor
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw FileError(path) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    deinit { close(descriptor) }
}
