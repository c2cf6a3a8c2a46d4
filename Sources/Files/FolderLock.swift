internal import Glibc

/// Keeps other processes out of a folder as long as it lives: `flock` on the folder itself, which the end
/// of the process gives back.
package final class FolderLock: Sendable {
    private let descriptor: Int32

    /// - Parameter patience: how long to wait for whoever has it: one that has just been killed may still
    ///   be ending.
    /// - Returns: nil when another process, or another lock of this one, has the folder.
    /// - Throws: `FileError` when the folder cannot be opened.
    package init?(_ path: String, patience: Duration = .seconds(2)) throws(FileError) {
        let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw FileError(path) }
        let end = ContinuousClock.now + patience
        while flock(opened, LOCK_EX | LOCK_NB) != 0 {
            let reason = errno
            let isHeld = reason == EWOULDBLOCK || reason == EINTR
            if isHeld, ContinuousClock.now < end {
                usleep(20_000)
                continue
            }
            close(opened)
            guard isHeld else { throw FileError(path, code: reason) }
            return nil
        }
        descriptor = opened
    }

    deinit { close(descriptor) }
}
