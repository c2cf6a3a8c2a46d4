/// Puts a text before any that is not empty (Hugging Face: normalizers/prepend.rs).
struct PrependNormalizer: Normalizer {
    let name = "Prepend"
    private let prefix: [UInt32]

    init(_ field: Field) throws(TokenizerError) {
        prefix = try field.member("prepend").string().unicodeScalars.map(\.value)
    }

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        if source.isEmpty { return }
        for value in prefix { result.append(AlignedScalar(value, origin: source[0].origin)) }
        result.append(copying: source)
    }
}
