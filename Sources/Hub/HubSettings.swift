public import BiEncoder
internal import FoundationEssentials

/// Which hub, on whose behalf, and where what it has is kept.
public struct HubSettings: Sendable {
    /// The address that all others start with, without a slash at its end.
    public let endpoint: String
    /// Shown to the endpoint and to nobody else.
    let token: String?
    /// What requests go through, nil for nothing.
    package let proxy: Proxy?
    public let cache: HubCache
    let isOffline: Bool
    /// How long is waited and how often is tried again.
    package var patience = Patience()

    /// - Parameter environment: the value of a variable, nil when it is not set: HF_ENDPOINT, HF_TOKEN, HF_HOME
    ///   and the others that the hub's own library reads, the usual ones of proxies too. Without HF_TOKEN the
    ///   token is in the file `token` of HF_HOME, or that of HF_TOKEN_PATH.
    /// - Throws: `HubError.wrongSetting` for an endpoint or a proxy that is no address, and a token that
    ///   cannot be one.
    public init(environment: (String) -> String?) throws(HubError) {
        func value(_ names: String...) -> String? {
            names.compactMap(environment).first { !$0.isEmpty }
        }
        let address = try Self.endpoint(value("HF_ENDPOINT") ?? "https://huggingface.co")
        endpoint = address.text
        proxy = try Proxy(for: address, environment: environment)
        cache = HubCache(environment: environment)
        isOffline = ["1", "true", "yes", "on"].contains(
            (value("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") ?? "").lowercased())
        if let own = value("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") {
            token = try Self.token(own, from: "HF_TOKEN")
        } else {
            let path = value("HF_TOKEN_PATH") ?? HubCache.home(environment: environment) + "/token"
            let bytes = FileManager.default.contents(atPath: path)
            token = try bytes.flatMap { (bytes) throws(HubError) in
                try Self.token(String(decoding: bytes, as: UTF8.self), from: path)
            }
        }
    }

    private static func endpoint(_ text: String) throws(HubError) -> Address {
        let trimmed = String(text.reversed().drop { $0 == "/" }.reversed())
        guard let address = Address(trimmed), !trimmed.contains("?"), !trimmed.contains("#"), !trimmed.contains("@")
        else {
            throw .wrongSetting(
                "HF_ENDPOINT", reason: "\(quoted(text)) is no address; one such as https://huggingface.co is")
        }
        return address
    }

    /// - Returns: nil when there is nothing but white space.
    private static func token(_ text: String, from source: String) throws(HubError) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard let word = words.first else { return nil }
        guard words.count == 1, word.utf8.count <= 4096, word.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .wrongSetting(source, reason: "holds no token; one word of ASCII characters is expected")
        }
        return String(word)
    }
}
