internal import BiEncoder
internal import JSON

/// The files of a model at a commit.
struct Listing: Sendable {
    /// The largest JSON text that is read, in bytes.
    static let largest = 4 << 20

    let commit: String
    let files: Set<String>

    /// - Parameter bytes: the hub's JSON: `{"sha": COMMIT, "siblings": [{"rfilename": NAME}, …]}`.
    init(_ bytes: [UInt8], of model: HubName) throws(HubError) {
        func wrong(_ reason: String) -> HubError { .invalidAnswer(model.description, reason: reason) }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw wrong("the list of files is no JSON: \(error)")
        }
        guard let commit = value["sha"]?.string, HubCache.isCommit(commit) else {
            throw wrong("sha is \(value["sha"].map { quoted("\($0)") } ?? "missing"), expected 40 hexadecimal digits")
        }
        guard let siblings = value["siblings"]?.array else { throw wrong("siblings is missing, the list of files") }
        var files: Set<String> = []
        for sibling in siblings {
            guard let name = sibling["rfilename"]?.string else { throw wrong("siblings has a file without rfilename") }
            guard isInnerPath(name) else {
                throw wrong("siblings has the file \(quoted(name)), which is no path within the model's folder")
            }
            files.insert(name)
        }
        self.commit = commit
        self.files = files
    }
}
