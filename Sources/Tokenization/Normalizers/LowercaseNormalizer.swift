/// Lower case, each scalar for itself.
struct LowercaseNormalizer: Normalizer {
    let name = "Lowercase"
    private let unicode = UnicodeProperties.shared

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        for index in source.indices {
            let scalar = source[index]
            unicode.appendLowercased(scalar, unicode.record(of: scalar.value), to: &result)
        }
    }
}
