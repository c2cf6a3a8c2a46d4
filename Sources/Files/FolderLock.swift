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
        let end = ContinuousClock.now + patience
        while true {
            let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard opened >= 0 else { throw FileError(path) }
            if flock(opened, LOCK_EX | LOCK_NB) == 0, Self.isInPlace(opened, path) {
                descriptor = opened
                return
            }
            close(opened)
            if ContinuousClock.now >= end { return nil }
            usleep(20_000)
        }
    }

    /// Whether the folder that was opened is still the one of this name: whoever had it may have removed it.
    private static func isInPlace(_ descriptor: Int32, _ path: String) -> Bool {
        var (own, named) = (stat(), stat())
        return fstat(descriptor, &own) == 0 && stat(path, &named) == 0
            && own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }

    deinit { close(descriptor) }
}
