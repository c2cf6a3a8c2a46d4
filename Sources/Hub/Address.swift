internal import FoundationEssentials

/// The address of something on a server.
struct Address: Sendable, Equatable {
    /// As requests have it.
    let text: String
    /// Scheme, host and port: who gets what is sent.
    let origin: String
    /// The host, with the port where one is given.
    let host: String
    /// The host without a port.
    let name: String
    let port: Int
    let isSecure: Bool
    private let url: URL

    /// - Returns: nil unless it is one of http or https with a host.
    init?(_ text: String) {
        guard let url = URL(string: text) else { return nil }
        self.init(url)
    }

    private init?(_ url: URL) {
        guard let scheme = url.scheme?.lowercased(), scheme == "https" || scheme == "http",
            let host = url.host()?.lowercased(), !host.isEmpty, url.user() == nil
        else { return nil }
        isSecure = scheme == "https"
        name = host
        port = url.port ?? (isSecure ? 443 : 80)
        text = url.absoluteString
        origin = "\(scheme)://\(host):\(port)"
        self.host = url.port == nil ? host : "\(host):\(port)"
        self.url = url
    }

    /// Where a header `Location` points.
    func redirected(to location: String) -> Address? {
        URL(string: location, relativeTo: url).flatMap { Address($0.absoluteURL) }
    }

    /// An address below this one.
    ///
    /// - Parameter parts: of the path; within one, a slash is escaped.
    func appending(_ parts: some Sequence<some StringProtocol>) -> Address? {
        Address(text + parts.map { "/" + Self.escaped($0) }.joined())
    }

    private static func escaped(_ part: some StringProtocol) -> String {
        var text = ""
        for byte in part.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return text
    }
}
