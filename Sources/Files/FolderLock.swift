internal import Glibc

/// Keeps other processes out of a folder as long as it lives: `flock` on the folder itself, which the end
/// of the process gives back.
package final class FolderLock: Sendable {
    private let descriptor: Int32

    /// - Parameter patience: how long to wait for whoever has it: one that has just been killed may still
    ///   be ending.
    /// - Returns: nil when another process, or another lock of this one, has the folder.
    /// - Throws: `FileError` when the folder cannot be opened, or its file system knows no locks.
    package init?(_ path: String, patience: Duration = .seconds(2)) throws(FileError) {
        let end = ContinuousClock.now + patience
        while true {
            let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard opened >= 0 else { throw FileError(path) }
            let isHeld = flock(opened, LOCK_EX | LOCK_NB) == 0
            let reason = errno
            if isHeld, isInPlace(opened, path) {
                descriptor = opened
                return
            }
            close(opened)
            guard isHeld || reason == EWOULDBLOCK || reason == EINTR else { throw FileError(path, code: reason) }
            if ContinuousClock.now >= end { return nil }
            usleep(20_000)
        }
    }

    deinit { close(descriptor) }
}
