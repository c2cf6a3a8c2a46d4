/// Splits at white space, which is dropped (Hugging Face: `WhitespaceSplit` in
/// pre_tokenizers/whitespace.rs).
struct WhitespaceSplit: PreTokenizer {
    let name = "WhitespaceSplit"
    private let unicode = UnicodeProperties.shared

    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>]) {
        SplitBehavior.removed.split(piece, of: text, into: &words) { scalar in
            scalar < 0x80
                ? scalar == 0x20 || scalar &- 0x09 < 5
                : unicode.record(of: scalar).flags.contains(.whiteSpace)
        }
    }
}
