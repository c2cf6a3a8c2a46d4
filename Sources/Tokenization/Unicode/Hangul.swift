/// The arithmetic of Hangul syllables (The Unicode Standard, section 3.12).
enum Hangul {
    private static let firstSyllable: UInt32 = 0xAC00
    private static let firstLeading: UInt32 = 0x1100
    private static let firstVowel: UInt32 = 0x1161
    /// One before the first trailing consonant: index 0 means none.
    private static let trailingBase: UInt32 = 0x11A7
    private static let vowels: UInt32 = 21
    private static let trailings: UInt32 = 28
    private static let syllables: UInt32 = 19 * vowels * trailings

    static func isSyllable(_ scalar: UInt32) -> Bool { scalar &- firstSyllable < syllables }

    /// Calls `body` with the two or three jamo of a syllable, or with any other scalar as it is.
    @inline(__always)
    static func forEachDecomposed(_ scalar: UInt32, _ body: (UInt32) -> Void) {
        guard isSyllable(scalar) else {
            body(scalar)
            return
        }
        let index = scalar - firstSyllable
        body(firstLeading + index / (vowels * trailings))
        body(firstVowel + index / trailings % vowels)
        if index % trailings != 0 {
            body(trailingBase + index % trailings)
        }
    }
}
