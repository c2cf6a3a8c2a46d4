/// Removes white space at the ends (Hugging Face: `Strip` in normalizers/strip.rs).
struct StripNormalizer: Normalizer {
    let name = "Strip"
    private let stripsLeft: Bool
    private let stripsRight: Bool
    private let unicode = UnicodeProperties.shared

    init(_ field: Field) throws(TokenizerError) {
        stripsLeft = try field.member("strip_left").bool()
        stripsRight = try field.member("strip_right").bool()
    }

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        var (start, end) = (0, source.count)
        while stripsLeft, start < end, isWhiteSpace(source[start]) { start += 1 }
        while stripsRight, start < end, isWhiteSpace(source[end - 1]) { end -= 1 }
        result.append(copying: source.extracting(start..<end))
    }

    private func isWhiteSpace(_ scalar: AlignedScalar) -> Bool {
        unicode.record(of: scalar.value).flags.contains(.whiteSpace)
    }
}
