import Glibc
package import JSON

extension Tokenizer {
    /// Reads a `tokenizer.json`.
    ///
    /// - Parameter path: the file; errors name it.
    /// - Throws: when the file cannot be read or is not JSON, and as `init(json:path:)`.
    public init(contentsOf path: String) throws(TokenizerError) {
        try self.init(json: Self.json(Self.read(path), path: path), path: path)
    }

    /// The contents of a `tokenizer.json`, parsed.
    ///
    /// - Parameter path: what errors call the file.
    package static func json(_ bytes: [UInt8], path: String) throws(TokenizerError) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw TokenizerError(kind: .notJSON, path: path, reason: error.description)
        }
    }

    /// The bytes of a file.
    package static func read(_ path: String) throws(TokenizerError) -> [UInt8] {
        func failure() -> TokenizerError {
            TokenizerError(
                kind: .unreadable, path: path,
                reason: "cannot be read: \(String(cString: strerror(errno)))")
        }
        guard let file = fopen(path, "rbe") else { throw failure() }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        let chunk = 1 << 20
        while feof(file) == 0 {
            let count = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: chunk))
            // The pointer is used only within the closure, for `chunk` bytes that exist.
            let read = bytes.withUnsafeMutableBytes { buffer in
                fread(buffer.baseAddress.map { $0 + count }, 1, chunk, file)
            }
            bytes.removeLast(chunk - read)
            if ferror(file) != 0 { throw failure() }
        }
        return bytes
    }
}
