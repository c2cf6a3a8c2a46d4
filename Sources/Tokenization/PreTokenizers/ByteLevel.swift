/// Splits as GPT-2 does and writes every byte as a character (Hugging Face:
/// pre_tokenizers/byte_level.rs).
struct ByteLevel: PreTokenizer {
    let name = "ByteLevel"
    private let addsPrefixSpace: Bool
    /// What GPT-2 splits with, or nil.
    private let pattern: RegexPattern?
    private let scalars = ByteLevelAlphabet.scalars

    private static let expression =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    init(_ field: Field) throws(TokenizerError) {
        addsPrefixSpace = try field.member("add_prefix_space").bool()
        let usesPattern = try field.optionalMember("use_regex")?.bool() ?? true
        pattern = usesPattern ? try field.regex(Self.expression) : nil
    }

    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>]) {
        var piece = piece
        let first = text[piece.lowerBound]
        if addsPrefixSpace, first.value != 0x20 {
            let start = text.count
            text.append(AlignedScalar(0x20, origin: first.origin))
            for index in piece { text.append(text[index]) }
            piece = start..<text.count
        }
        guard let pattern else {
            words.append(appendBytes(of: piece, to: &text))
            return
        }
        let start = words.count
        pattern.forEachPart(of: piece, in: text) { part, _ in words.append(part) }
        for index in start..<words.count { words[index] = appendBytes(of: words[index], to: &text) }
    }

    private func appendBytes(of word: Range<Int>, to text: inout AlignedText) -> Range<Int> {
        let start = text.count
        for index in word { ByteLevelAlphabet.append(text[index], scalars, to: &text) }
        return start..<text.count
    }
}
