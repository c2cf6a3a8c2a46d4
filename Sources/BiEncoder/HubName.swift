/// The name of a model on a hub: `ORG/NAME`, or `NAME` alone for the few that have no organisation.
public struct HubName: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    /// - Returns: nil unless each part has 1 to 96 of the characters A-Z, a-z, 0-9, ".", "_" and "-", starts and
    ///   ends with none of ".-", and has neither ".." nor "--" in it, which the hub does not allow either.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy(Self.isPart) else { return nil }
        description = text
    }

    /// What a name may stand for, in the order in which it is tried: a bare NAME is a model of the organisation
    /// `sentence-transformers`, whose models go by such names, and else one without an organisation.
    public static func candidates(for text: String) -> [HubName] {
        let names = text.contains("/") ? [text] : ["sentence-transformers/" + text, text]
        return names.compactMap(HubName.init)
    }

    private static func isPart(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, let last = part.utf8.last, part.utf8.count <= 96 else { return false }
        return part.utf8.allSatisfy(isAllowed) && !isOuter(first) && !isOuter(last) && !part.contains("..")
            && !part.contains("--")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isOuter(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") }
}
