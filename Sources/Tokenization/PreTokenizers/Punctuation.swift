/// Splits at punctuation (Hugging Face: pre_tokenizers/punctuation.rs).
struct Punctuation: PreTokenizer {
    let name = "Punctuation"
    private let behavior: SplitBehavior
    private let unicode = UnicodeProperties.shared

    init(_ field: Field) throws(TokenizerError) {
        behavior = try field.optionalMember("behavior")?.choice(SplitBehavior.self) ?? .isolated
    }

    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>]) {
        behavior.split(piece, of: text, into: &words) {
            unicode.record(of: $0).flags.contains(.punctuation)
        }
    }
}
