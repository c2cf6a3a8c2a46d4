/// Removes combining marks. It does not decompose, so it usually follows `NFD`.
struct StripAccentsNormalizer: Normalizer {
    let name = "StripAccents"
    private let unicode = UnicodeProperties.shared

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        for index in source.indices {
            let scalar = source[index]
            if !unicode.record(of: scalar.value).flags.contains(.combiningMark) {
                result.append(scalar)
            }
        }
    }
}
