internal import Glibc

/// Keeps writers of one index folder apart, over all processes: `flock` on the folder.
///
/// Who comes waits in a line, of which only the first waits for the lock itself. So a writer that
/// takes it again and again does not keep others from it. The line is `flock` on the data file, to
/// which it means nothing else.
struct WriterLock {
    let folder: IndexFolder

    /// Runs `body` while no other writer has the folder.
    ///
    /// - Parameter patience: how long to wait for another writer to finish.
    /// - Throws: `IndexError` of kind `busy` that names the other writer; what `body` throws.
    func hold<R>(patience: Duration = .zero, _ body: () throws -> R) throws -> R {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw folder.systemError(folder.path) }
        // Closing releases the lock, as does the end of the process.
        defer { close(descriptor) }
        let end = ContinuousClock.now + patience
        // A folder that is new has no data file, and nobody waits for it.
        let line = open(folder.dataPath, O_RDONLY | O_CLOEXEC)
        do {
            defer { close(line) }
            if line >= 0 { try lock(line, until: end, folder: descriptor) }
            try lock(descriptor, until: end, folder: descriptor)
        }
        return try body()
    }

    private func lock(
        _ descriptor: Int32, until end: ContinuousClock.Instant, folder folderDescriptor: Int32
    ) throws {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw folder.systemError(folder.path)
            }
            guard ContinuousClock.now < end else { throw busy(folderDescriptor) }
            usleep(1_000)
        }
    }

    private func busy(_ descriptor: Int32) -> IndexError {
        let holder = holder(descriptor).map { " (\($0))" } ?? ""
        return IndexError(
            .busy, folder.path, "another process is writing to this index\(holder); try again later")
    }

    /// The process that holds the lock and its command, as Linux tells in `/proc/locks`.
    private func holder(_ descriptor: Int32) -> String? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, let locks = try? readLines("/proc/locks") else {
            return nil
        }
        for line in locks {
            // "1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF"
            let words = line.split(separator: " ")
            guard words.count > 5, words[1] == "FLOCK", let process = Int(words[4]),
                words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == UInt64(status.st_ino)
            else { continue }
            let command = (try? readLines("/proc/\(process)/cmdline"))?.first
                .map { $0.split(separator: "\0").joined(separator: " ") }
            return command.map { "process \(process): \($0)" } ?? "process \(process)"
        }
        return nil
    }

    private func readLines(_ path: String) throws -> [Substring] {
        guard let file = fopen(path, "r") else { throw folder.systemError(path) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
    }
}
