/// Sets numeric characters apart, each or in runs (Hugging Face: pre_tokenizers/digits.rs).
struct Digits: PreTokenizer {
    let name = "Digits"
    private let behavior: SplitBehavior
    private let unicode = UnicodeProperties.shared

    init(_ field: Field) throws(TokenizerError) {
        behavior = try field.member("individual_digits").bool() ? .isolated : .contiguous
    }

    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>]) {
        behavior.split(piece, of: text, into: &words) {
            unicode.record(of: $0).flags.contains(.numeric)
        }
    }
}
