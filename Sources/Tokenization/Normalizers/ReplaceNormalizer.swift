/// Puts a text wherever a pattern matches (Hugging Face: normalizers/replace.rs).
struct ReplaceNormalizer: Normalizer {
    let name = "Replace"
    private let pattern: RegexPattern
    private let content: [UInt32]

    init(_ field: Field) throws(TokenizerError) {
        pattern = try field.member("pattern").pattern()
        content = try field.member("content").string().unicodeScalars.map(\.value)
    }

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        if source.isEmpty { return }
        let text = AlignedText(copying: source)
        pattern.forEachPart(of: text.indices, in: text) { part, isMatch in
            guard isMatch else {
                result.append(contentsOf: text[part])
                return
            }
            // What is inserted stands for the last scalar that was before it.
            let origin = text[max(0, part.upperBound - 1)].origin
            for value in content { result.append(AlignedScalar(value, origin: origin)) }
        }
    }
}
