public import BiEncoder

/// A model that is in the cache.
public struct PulledModel: Sendable, Equatable {
    public let name: HubName
    public let commit: String
    /// The folder to load it from.
    public let folder: String
    /// Its files, relative to the folder, sorted.
    public let files: [String]
    /// The bytes that came over the network for it.
    public let fetched: Int
}
