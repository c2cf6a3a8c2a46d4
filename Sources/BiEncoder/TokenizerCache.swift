internal import Files
internal import FoundationEssentials
internal import Glibc
package import Tokenization

/// Compiled tokenizers in the user's cache, so that a process need not parse a `tokenizer.json` before
/// its first text.
///
/// A file each, named by the SHA-256 of the `tokenizer.json` and written whole or not at all. One that is
/// damaged, cut off or another's is written anew; a cache that cannot be read or written costs time and
/// nothing else.
package struct TokenizerCache {
    private let folder: String?

    /// Smaller files, in bytes, are parsed in less time than another file takes to open.
    private static let smallest = 1 << 16

    /// - Parameter folder: made when the first file is written; nil to keep nothing.
    package init(folder: String?) { self.folder = folder }

    /// In the user's cache.
    init() { self.init(folder: UserCache.folder.map { $0 + "/tokenizers" }) }

    /// The tokenizer of a `tokenizer.json`.
    package func tokenizer(at path: String) throws(TokenizerError) -> Tokenizer {
        var status = stat()
        guard let folder, stat(path, &status) == 0, status.st_size >= Self.smallest else {
            return try Tokenizer(contentsOf: path)
        }
        if let hash = try? FileHash.sha256(of: path),
            let file = try? MappedFile(Self.entry(hash, in: folder)),
            let tokenizer = Tokenizer(compiled: file.bytes, key: hash, owner: file, path: path)
        {
            return tokenizer
        }
        let bytes = try Tokenizer.read(path)
        let json = try Tokenizer.json(bytes, path: path)
        let tokenizer = try Tokenizer(json: json, path: path)
        // Of the bytes that were parsed, because the file may have been replaced just now.
        let hash = bytes.withUnsafeBytes { FileHash.sha256($0) }
        Self.write(tokenizer.compiled(from: json, key: hash), to: Self.entry(hash, in: folder))
        return tokenizer
    }

    private static func entry(_ hash: String, in folder: String) -> String { "\(folder)/\(hash).bin" }

    private static func write(_ bytes: [UInt8], to path: String) {
        let folder = URL(filePath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try DurableFile.write(to: path) { write in try bytes.withUnsafeBytes { try write($0) } }
        } catch {
            // Without the entry the next process parses the file again.
            return
        }
    }
}
