/// Removes control characters and makes uncommon white space plain, as SentencePiece's rules for
/// machine translation do (Hugging Face: `do_nmt` in normalizers/unicode.rs).
struct NmtNormalizer: Normalizer {
    let name = "Nmt"

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        for index in source.indices {
            let scalar = source[index]
            switch scalar.value {
            case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: continue
            case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF,
                0xFFFD:
                result.append(AlignedScalar(0x20, origin: scalar.origin))
            default: result.append(scalar)
            }
        }
    }
}
