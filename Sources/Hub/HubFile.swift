internal import BiEncoder

/// A file of a model as the hub describes it.
struct HubFile: Sendable, Equatable {
    let name: String
    /// The hash of its content: SHA-256 of a large file, for others what git calls it.
    let etag: String
    /// In bytes.
    let size: Int

    /// - Throws: `HubError.invalidAnswer` unless the headers say a hash, a size and the commit.
    init(_ name: String, _ answer: Answer, commit: String) throws(HubError) {
        guard let said = answer["x-repo-commit"] else {
            throw .invalidAnswer(name, reason: "the answer has no X-Repo-Commit; is \(answer.address.host) a hub?")
        }
        guard said == commit else {
            throw .invalidAnswer(name, reason: "X-Repo-Commit is \(quoted(said)), expected \(commit)")
        }
        let etag = Self.unquoted(answer["x-linked-etag"] ?? answer["etag"] ?? "")
        guard etag.utf8.count == 40 || etag.utf8.count == 64, isHexadecimal(etag) else {
            throw .invalidAnswer(
                name, reason: "the ETag is \(quoted(etag)), expected 64 hexadecimal digits (SHA-256) or 40 (git's)")
        }
        let isRedirect = !answer.isSuccess
        let length = answer["x-linked-size"] ?? (isRedirect ? nil : answer["content-length"])
        guard let size = length.flatMap(Int.init), size >= 0, size <= 1 << 40 else {
            throw .invalidAnswer(
                name, reason: "the size is \(length.map(quoted) ?? "not said"), expected a number of bytes")
        }
        self.name = name
        self.etag = etag
        self.size = size
    }

    /// The value of a header ETag, strong or weak.
    private static func unquoted(_ etag: String) -> String {
        var etag = etag[...]
        if etag.hasPrefix("W/") { etag = etag.dropFirst(2) }
        if etag.count >= 2, etag.hasPrefix("\""), etag.hasSuffix("\"") { etag = etag.dropFirst().dropLast() }
        return String(etag)
    }
}
