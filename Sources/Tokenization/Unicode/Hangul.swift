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

    /// Whether a syllable ends with a consonant.
    @inline(__always)
    static func hasTrailing(_ syllable: UInt32) -> Bool {
        (syllable &- firstSyllable) % trailings != 0
    }

    /// The syllable of two jamo, or of an open syllable and a trailing consonant; nil when the two
    /// do not compose.
    static func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        let leadings = syllables / (vowels * trailings)
        if first &- firstLeading < leadings, second &- firstVowel < vowels {
            return firstSyllable
                + ((first - firstLeading) * vowels + (second - firstVowel)) * trailings
        }
        if isSyllable(first), !hasTrailing(first), second &- (trailingBase + 1) < trailings - 1 {
            return first + (second - trailingBase)
        }
        return nil
    }

    /// The jamo that can come second in a composition.
    static var seconds: [UInt32] {
        Array(firstVowel..<firstVowel + vowels) + Array(trailingBase + 1..<trailingBase + trailings)
    }

    /// The two or three jamo of a syllable, or any other scalar alone.
    static func decomposed(_ scalar: UInt32) -> [UInt32] {
        var result: [UInt32] = []
        forEachDecomposed(scalar) { result.append($0) }
        return result
    }

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
