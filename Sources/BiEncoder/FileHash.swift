internal import Crypto
internal import FoundationEssentials
internal import Glibc
internal import JSON

/// SHA-256 of large files, remembered in the user's cache.
///
/// A remembered hash is trusted while the file's device, inode, size and times of modification and of
/// change (in nanoseconds) are those it was computed from: a copy that keeps the former is known by the
/// latter. One small file an entry, replaced by renaming, so
/// that processes do not disturb each other; a cache that cannot be read or written costs time and
/// nothing else.
enum FileHash {
    /// - Returns: 64 hexadecimal digits.
    static func sha256(of path: String) throws(ModelError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { throw ModelError(path, systemReason(errno)) }
        let identity: JSONValue = [
            .integer(Int(bitPattern: UInt(status.st_dev))),
            .integer(Int(bitPattern: UInt(status.st_ino))), .integer(Int(status.st_size)),
            .integer(status.st_mtim.tv_sec), .integer(status.st_mtim.tv_nsec),
            .integer(status.st_ctim.tv_sec), .integer(status.st_ctim.tv_nsec),
        ]
        let entry = entryPath(of: path)
        if let entry, let hash = remembered(at: entry, identity) { return hash }
        let file = try MappedFile(path)
        let hash = sha256(file.bytes)
        if let entry { remember(hash, identity, at: entry) }
        return hash
    }

    static func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
        var hasher = SHA256()
        hasher.update(bufferPointer: bytes)
        return hexadecimal(hasher.finalize())
    }

    private static func entryPath(of path: String) -> String? {
        guard let cache = UserCache.folder, let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        let name = hexadecimal(SHA256.hash(data: Array(String(cString: real).utf8)).prefix(16))
        return "\(cache)/sha256/\(name).json"
    }

    private static func remembered(at entry: String, _ identity: JSONValue) -> String? {
        guard let bytes = FileManager.default.contents(atPath: entry),
            case .success(let value) = Result(catching: { try JSONValue(parsing: bytes) }),
            value["file"] == identity, let hash = value["sha256"]?.string, hash.utf8.count == 64,
            hash.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        return hash
    }

    private static func remember(_ hash: String, _ identity: JSONValue, at entry: String) {
        let folder = URL(filePath: entry).deletingLastPathComponent()
        let value: JSONValue = ["file": identity, "sha256": .string(hash)]
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            try Data(value.description.utf8).write(to: URL(filePath: entry), options: .atomic)
        } catch {
            // Without the entry the next process hashes the file again.
            return
        }
    }
}
