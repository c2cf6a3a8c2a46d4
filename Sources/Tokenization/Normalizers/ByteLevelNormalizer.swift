/// Writes every byte as a character (Hugging Face: normalizers/byte_level.rs).
struct ByteLevelNormalizer: Normalizer {
    let name = "ByteLevel"
    private let scalars = ByteLevelAlphabet.scalars

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        for index in source.indices {
            ByteLevelAlphabet.append(source[index], scalars, to: &result)
        }
    }
}
