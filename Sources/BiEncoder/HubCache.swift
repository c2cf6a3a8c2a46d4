internal import FoundationEssentials

/// The folder where models of the Hugging Face hub are kept, laid out as its Python library does, so that
/// each finds what the other has fetched:
///
///     models--ORG--NAME/blobs/ETAG            the files, by the hash of what is in them
///     models--ORG--NAME/refs/REVISION         the commit that a branch or tag was at
///     models--ORG--NAME/snapshots/COMMIT/FILE a link to ../../blobs/ETAG
public struct HubCache: Sendable {
    public let path: String

    /// What the variables of this process's environment say.
    public init() { self.init(environment: environment) }

    /// `$HF_HUB_CACHE`, or else `hub` in the folder that `home` tells.
    ///
    /// - Parameter environment: the value of a variable, nil when it is not set.
    public init(environment: (String) -> String?) {
        let own = environment("HF_HUB_CACHE").nonEmpty ?? environment("HUGGINGFACE_HUB_CACHE").nonEmpty
        path = own.map { expanded($0, environment) } ?? join(Self.home(environment: environment), "hub")
    }

    public init(path: String) { self.path = path }

    /// `$HF_HOME`, or else `huggingface` in `$XDG_CACHE_HOME` or `~/.cache`.
    package static func home(environment: (String) -> String?) -> String {
        if let home = environment("HF_HOME").nonEmpty { return expanded(home, environment) }
        let caches = environment("XDG_CACHE_HOME").nonEmpty ?? "~/.cache"
        return join(expanded(caches, environment), "huggingface")
    }

    /// The folder of a model that is in the cache.
    ///
    /// - Parameters:
    ///   - model: `ORG/NAME`, or a bare name as `HubName.candidates(for:)` takes it.
    ///   - revision: a branch, a tag or a commit; nil for `main`.
    /// - Returns: nil when it is not there at that revision.
    public func folder(of model: String, revision: String? = nil) -> String? {
        for name in HubName.candidates(for: model) {
            guard let commit = commit(of: name, revision: revision ?? "main") else { continue }
            let folder = snapshot(of: name, commit: commit)
            if exists(join(folder, "modules.json")) || exists(join(folder, "config.json")) { return folder }
        }
        return nil
    }

    /// The folder with everything of a model.
    package func folder(of name: HubName) -> String { join(path, Self.folderName(name)) }

    /// The folder of a model's files at a commit.
    package func snapshot(of name: HubName, commit: String) -> String {
        "\(folder(of: name))/snapshots/\(commit)"
    }

    /// The folder of the locks that those who fetch a model's files hold.
    package func locks(of name: HubName) -> String { "\(path)/.locks/\(Self.folderName(name))" }

    /// Whether a text is the name of a commit: 40 hexadecimal digits.
    package static func isCommit(_ text: String) -> Bool { text.utf8.count == 40 && isHexadecimal(text) }

    /// The name on the hub of the model whose snapshot a folder is, nil for any other folder.
    static func name(ofSnapshot path: String) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count >= 3, isCommit(String(parts[parts.count - 1])), parts[parts.count - 2] == "snapshots"
        else { return nil }
        let folder = parts[parts.count - 3]
        guard folder.hasPrefix("models--") else { return nil }
        return HubName(String(folder.dropFirst("models--".count)).replacing("--", with: "/"))?.description
    }

    private func commit(of name: HubName, revision: String) -> String? {
        if Self.isCommit(revision) { return revision }
        guard isInnerPath(revision),
            let bytes = FileManager.default.contents(atPath: "\(folder(of: name))/refs/\(revision)"),
            bytes.count <= 64
        else { return nil }
        let commit = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        return Self.isCommit(commit) ? commit : nil
    }

    private static func folderName(_ name: HubName) -> String {
        "models--" + name.description.replacing("/", with: "--")
    }
}

/// Whether a text has only the digits 0-9 and a-f.
package func isHexadecimal(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
}

/// A path whose "~" is the user's folder.
private func expanded(_ path: String, _ environment: (String) -> String?) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = environment("HOME") else { return path }
    return join(home, String(path.dropFirst(2)))
}

extension String? {
    /// A variable that is set to nothing counts as not set.
    fileprivate var nonEmpty: String? { self?.isEmpty == true ? nil : self }
}
