/// Takes the spaces at the ends of tokens out of their offsets (Hugging Face: `process_offsets` in
/// pre_tokenizers/byte_level.rs).
struct OffsetTrim: Sendable, Equatable {
    /// Whether a space before the first token was added, so that no character stands for it.
    let addsPrefixSpace: Bool
    /// Whether the text's first token is the first that this sees.
    let isAtStart: Bool

    private static let unicode = UnicodeProperties.shared

    /// - Parameters:
    ///   - token: the text of the token.
    ///   - isFirst: whether it is the text's first token.
    ///   - utf8: what the offsets are of.
    func apply(
        to offsets: Range<Int>, of token: String, isFirst: Bool, in utf8: Span<UInt8>
    ) -> Range<Int> {
        let scalars = token.unicodeScalars
        var leading = scalars.prefix(while: Self.isSpace).count
        let trailing = scalars.reversed().prefix(while: Self.isSpace).count
        if addsPrefixSpace, leading == 1, isFirst && isAtStart || offsets.lowerBound == 0 {
            leading = 0
        }
        var (start, end) = (offsets.lowerBound, offsets.upperBound)
        for _ in 0..<leading where start < end { start += utf8[start].utf8SequenceLength }
        start = min(start, end)
        var back = end
        for _ in 0..<trailing {
            // Where the text has fewer characters nothing is trimmed.
            if back == 0 { return start..<end }
            repeat { back -= 1 } while back > 0 && utf8[back] & 0xC0 == 0x80
        }
        end = max(start, back)
        return start..<end
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == ByteLevelAlphabet.space
            || unicode.record(of: scalar.value).flags.contains(.whiteSpace)
    }
}
