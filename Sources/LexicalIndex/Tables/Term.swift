/// A term as the tables know it: its UTF-8, compared byte by byte. (Swift's `String` takes
/// canonically equivalent texts for equal.)
struct Term: Hashable, Comparable, Sendable {
    /// The longest key that LMDB takes.
    static let maximumByteCount = 511

    /// 1 to `maximumByteCount` bytes.
    let bytes: [UInt8]

    /// A longer text is cut before the first character that would not fit, so texts that begin
    /// alike up to there are one term. Nil for an empty text, which LMDB cannot hold.
    init?(_ text: String) {
        var bytes = [UInt8](text.utf8)
        if bytes.isEmpty { return nil }
        if bytes.count > Self.maximumByteCount {
            var end = Self.maximumByteCount
            // Not before a byte that continues a character.
            while bytes[end] & 0xC0 == 0x80 { end -= 1 }
            bytes.removeSubrange(end...)
        }
        self.bytes = bytes
    }

    /// The bytes of a key; nil when LMDB cannot have them as one.
    init?(bytes: [UInt8]) {
        guard (1...Self.maximumByteCount).contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    static func < (one: Term, other: Term) -> Bool {
        one.bytes.lexicographicallyPrecedes(other.bytes)
    }

    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    /// How an error shows it: not the term, which is a user's text.
    var shown: String { "of \(bytes.count) bytes" }
}
