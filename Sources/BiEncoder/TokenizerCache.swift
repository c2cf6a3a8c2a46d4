internal import Files
internal import FoundationEssentials
internal import Glibc
internal import JSON
package import Tokenization

/// Compiled tokenizers in the user's cache, so that a process need not parse a `tokenizer.json` before
/// its first text.
///
/// A file each, named by the SHA-256 of the `tokenizer.json` or of what stands in for it, and written whole or not at all. One that is
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

    /// The tokenizer of a model's folder.
    package func tokenizer(of files: TokenizerFolder) throws(TokenizerError) -> Tokenizer {
        let path = files.path
        var status = stat()
        guard let folder, stat(path, &status) == 0, status.st_size >= Self.smallest else {
            return try Tokenizer(json: files.json(), path: path)
        }
        let hash = try? files.hash()
        if let hash, let file = try? MappedFile(Self.entry(hash, in: folder)),
            let tokenizer = Tokenizer(compiled: file.bytes, key: hash, owner: file, path: path)
        {
            return tokenizer
        }
        let json = try files.json()
        let tokenizer = try Tokenizer(json: json, path: path)
        // Not kept where a file was replaced meanwhile.
        if let hash, hash == (try? files.hash()) {
            Self.write(tokenizer.compiled(from: json, key: hash), to: Self.entry(hash, in: folder))
        }
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

extension TokenizerFolder {
    /// The SHA-256 of what decides a text's tokens, as 64 hexadecimal digits: that of the `tokenizer.json`,
    /// or one over those of the files that stand in for it.
    ///
    /// - Throws: `ModelError` when a file cannot be read.
    func hash() throws(ModelError) -> String {
        if isWhole { return try FileHash.sha256(of: path) }
        var hashes: [JSONValue] = []
        for path in paths { hashes.append(.string(try FileHash.sha256(of: path))) }
        // Other Kotaes may make another tokenizer of the same files.
        let content: JSONValue = ["converted": 2, "layout": .string(layout.rawValue), "files": .array(hashes)]
        return Array(content.description.utf8).withUnsafeBytes { FileHash.sha256($0) }
    }
}
