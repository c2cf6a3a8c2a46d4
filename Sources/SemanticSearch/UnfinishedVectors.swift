internal import Files
internal import Glibc

/// The right to make the FAISS file that other writers go on beside: `flock` on that file itself,
/// which the end of the process gives back.
struct UnfinishedVectors {
    let folder: IndexFolder

    /// Runs `body` while nobody else makes such a file, and removes what it leaves of it.
    ///
    /// - Parameter patience: how long to wait for another to finish.
    /// - Throws: `IndexError` of kind `busy`; what `body` throws.
    func hold<R>(patience: Duration, _ body: () throws -> R) throws -> R {
        let end = ContinuousClock.now + patience
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw folder.systemError(path) }
            defer { close(descriptor) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                // The one before may have renamed or removed it in between.
                guard isInPlace(descriptor, path) else { continue }
                // Of one that has died, whose file is taken over.
                unlink(folder.rowsPath(of: path))
                defer { if isInPlace(descriptor, path) { unlink(path) } }
                return try body()
            }
            guard errno == EWOULDBLOCK || errno == EINTR else { throw folder.systemError(path) }
            guard ContinuousClock.now < end else {
                throw IndexError(
                    .busy, folder.path,
                    "another process is making this index's FAISS file anew; try again later")
            }
            usleep(5_000)
        }
    }

    /// Removes the file, and the rows of its graph, if whoever was making it has died.
    func removeIfAbandoned() {
        let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0, isInPlace(descriptor, path) {
            unlink(folder.rowsPath(of: path))
            unlink(path)
        }
    }

    private var path: String { folder.unfinishedVectorsPath }
}
