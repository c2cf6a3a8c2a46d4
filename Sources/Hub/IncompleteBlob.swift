internal import Files
internal import Glibc

/// A file on its way into the cache: it gets its name there once it is whole and is what the hub said.
final class IncompleteBlob {
    private let file: HubFile
    private let path: String
    private let descriptor: Int32
    private var hash: ContentHash
    /// How many bytes are there.
    private(set) var count = 0
    /// How many bytes were appended, those that were forgotten included.
    private(set) var received = 0

    /// Takes up what an earlier attempt left.
    ///
    /// - Parameter path: the name that it gets, to which ".incomplete" is added until then.
    init(_ file: HubFile, at path: String) throws(FileError) {
        self.file = file
        self.path = path
        hash = ContentHash(of: file)
        descriptor = open(path + ".incomplete", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(path) }
        try takeUp()
    }

    deinit { close(descriptor) }

    var isComplete: Bool { count == file.size }

    /// - Throws: `HubError.wrongSize` when the file becomes larger than the hub said, and `FileError`.
    func append(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count <= file.size - count else { throw discarded(found: count + bytes.count) }
        try writeAll(bytes, to: descriptor, path: path)
        hash.update(bytes)
        count += bytes.count
        received += bytes.count
    }

    /// Forgets all bytes.
    func restart() throws(FileError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw FileError(path) }
        hash = ContentHash(of: file)
        count = 0
    }

    /// Gives the file its name if its size and hash are right, and removes it otherwise.
    func finish() throws {
        guard isComplete else { throw discarded(found: count) }
        let found = hash.value
        guard found == file.etag else {
            unlink(path + ".incomplete")
            throw HubError.wrongHash(file.name, expected: file.etag, found: found)
        }
        try flush(descriptor, path: path)
        guard rename(path + ".incomplete", path) == 0 else { throw FileError(path) }
        try DurableFile.flushFolder(of: path)
    }

    /// Removes what is there, which is not the file.
    ///
    /// - Returns: the error that says so.
    func discarded(found: Int) -> HubError {
        unlink(path + ".incomplete")
        return .wrongSize(file.name, expected: file.size, found: found)
    }

    private func takeUp() throws(FileError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let length = read(descriptor, &buffer, buffer.count)
            if length < 0, errno == EINTR { continue }
            guard length >= 0 else { throw FileError(path) }
            if length == 0 { return }
            guard length <= file.size - count else { return try restart() }
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<length])) }
            count += length
        }
    }
}
