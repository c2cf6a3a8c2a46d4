internal import FoundationEssentials
internal import Glibc

/// The folder where models live by name, and behind it the cache of the Hugging Face hub.
public struct ModelLibrary: Sendable {
    /// The model that is meant where none is named.
    public static let defaultModel = "all-MiniLM-L6-v2"

    public let path: String
    /// Where models are looked for that are not in the folder; nil for nowhere.
    private let hub: HubCache?

    /// `$KOTAE_MODELS`, or `~/.local/share/kotae/models`.
    public init() {
        hub = HubCache()
        if let path = environment("KOTAE_MODELS"), !path.isEmpty {
            self.path = path
        } else {
            path = join(environment("HOME") ?? ".", ".local/share/kotae/models")
        }
    }

    public init(path: String, hub: HubCache? = nil) {
        self.path = path
        self.hub = hub
    }

    /// The folder of a model: the argument itself when it is a folder, else the model of that name, else what
    /// the hub's cache has under it.
    ///
    /// - Throws: `ModelError` saying which names there are.
    public func folder(of model: String?) throws(ModelError) -> String {
        let name = model ?? Self.defaultModel
        if let model, isFolder(model) { return model }
        let folder = join(path, name)
        if !name.isEmpty, !name.split(separator: "/").contains(".."), isFolder(folder) {
            return folder
        }
        if let folder = hub?.folder(of: name) { return folder }
        let names = names()
        throw ModelError(
            name,
            "there is no model of this name in \(path)"
                + (names.isEmpty ? ", which has none" : "; there are: \(names.joined(separator: ", "))")
                + (model == nil ? " (tools/quickstart installs it)" : "; a folder may be given too")
                + (HubName(name) == nil ? "" : "; kotae model pull \(name) fetches it from the Hugging Face hub"))
    }

    /// The names of the models that are there, sorted.
    public func names() -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return entries.filter { exists(join(join(path, $0), "config.json")) }.sorted()
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
