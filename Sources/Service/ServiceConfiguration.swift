public import Tensors

/// What a service serves, to whom, and within which limits.
public struct ServiceConfiguration: Sendable {
    /// An index folder and the name by which requests call it.
    public struct Index: Sendable {
        public var name: String
        public var path: String

        /// - Parameter name: nil for the last part of the path.
        public init(path: String, name: String? = nil) {
            self.path = path
            self.name = name ?? lastComponent(of: path)
        }
    }

    /// The indexes, each under a name of its own.
    public var indexes: [Index] = []
    /// Models beside those of the indexes: folders, or names in the library. The first one answers
    /// requests that name none.
    public var models: [String] = []
    /// The arithmetic of the matrix products; nil for that of an index's documents, or f32.
    public var precision: Precision?
    /// How many processors the encoders use at most; nil for all.
    public var threads: Int?

    /// The name or address that the service listens at.
    public var host = "127.0.0.1"
    /// 0 lets the system choose one.
    public var port = 8765
    /// Whether an address that others reach may be used without a token.
    public var isInsecure = false
    /// What clients have to show, one of these; empty for no authentication.
    public var tokens: [String] = []
    /// Names, beside addresses and localhost, by which requests may call a service that wants no token.
    public var allowedHosts: [String] = []
    /// Origins, such as "https://faq.example.com", whose pages may send requests; "*" for all.
    public var corsOrigins: [String] = []

    /// Whether documents may be changed.
    public var isWritable = false
    /// Where feedback is kept; nil for none.
    public var feedbackFolder: String?
    /// The prompt, by its name in the model's folder, for embedding requests that name none.
    public var defaultPromptName: String?

    /// The largest body of a request, in bytes.
    public var maximumBody = 16 << 20
    /// The most texts, queries, ids or documents in one request.
    public var maximumBatch = 2048
    /// How many tokens may wait for an encoder before requests are refused.
    public var maximumQueue = 200_000
    /// The most connections at a time; further ones wait to be accepted.
    public var maximumConnections = 1024
    /// How long a request may take to arrive, how long one may wait for an encoder, how long an idle
    /// connection is kept, and how long the service waits for requests when it is stopped.
    public var timeout = Duration.seconds(60)

    /// Serves nothing yet, at 127.0.0.1.
    public init() {}
}

/// The last part of a path, or the path itself where it has none.
func lastComponent(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}
