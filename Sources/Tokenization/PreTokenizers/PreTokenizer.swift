/// Splits normalized text into words, which the model then splits into tokens.
protocol PreTokenizer: Sendable {
    /// The name in `tokenizer.json`.
    var name: String { get }

    /// Appends the words of the scalars in `piece`, none of them empty. Linear in their number.
    ///
    /// A stage that changes the text appends the changed scalars to it and returns ranges there.
    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>])
}

extension Field {
    private static let preTokenizers = [
        "BertPreTokenizer", "ByteLevel", "Digits", "Metaspace", "Punctuation", "Sequence", "Split",
        "UnicodeScripts", "Whitespace", "WhitespaceSplit",
    ]

    /// The pre-tokenizer that this value describes.
    func preTokenizer() throws(TokenizerError) -> any PreTokenizer {
        switch try stage() {
        case "BertPreTokenizer": BertPreTokenizer()
        case "ByteLevel": try ByteLevel(self)
        case "Digits": try Digits(self)
        case "MeCab": try MeCab(self)
        case "Metaspace": try Metaspace(self)
        case "Punctuation": try Punctuation(self)
        case "Sequence": try PreTokenizerSequence(self)
        case "Split": try Split(self)
        case "UnicodeScripts": UnicodeScripts()
        case "Whitespace": Whitespace()
        case "WhitespaceSplit": WhitespaceSplit()
        case let other: throw unknownStage(other, known: Self.preTokenizers)
        }
    }
}
