/// Unicode Normalization Form D: decomposed, marks in canonical order.
struct NFDNormalizer: Normalizer {
    let name = "NFD"
    private let unicode = UnicodeProperties.shared

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        var decomposer = CanonicalDecomposer(unicode: unicode)
        for index in source.indices {
            let scalar = source[index]
            decomposer.push(scalar, unicode.record(of: scalar.value), into: &result)
        }
        decomposer.finish(into: &result)
    }
}
