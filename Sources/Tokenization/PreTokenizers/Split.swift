/// Splits at what a pattern matches (Hugging Face: pre_tokenizers/split.rs).
struct Split: PreTokenizer {
    let name = "Split"
    private let pattern: RegexPattern
    private let behavior: SplitBehavior
    /// Whether what the pattern matches are the words, and the delimiters what lies between.
    private let inverts: Bool

    init(_ field: Field) throws(TokenizerError) {
        pattern = try field.member("pattern").pattern()
        behavior = try field.member("behavior").choice(SplitBehavior.self)
        inverts = try field.member("invert").bool()
    }

    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>]) {
        var splitter = WordSplitter(behavior)
        pattern.forEachPart(of: piece, in: text) { part, isMatch in
            splitter.add(part, isMatch: isMatch != inverts, to: &words)
        }
        splitter.finish(&words)
    }
}
