/// Splits words into tokens of its vocabulary.
protocol TokenModel: Sendable {
    /// The name in `tokenizer.json`.
    var name: String { get }

    var vocabulary: Vocabulary { get }

    /// What `Tokenizer.compiled` keeps of it.
    var tables: WordPieceTables { get }

    /// The id of a token of the vocabulary, compared scalar by scalar.
    func id(of token: String) -> Int32?

    /// Appends the tokens of each word; words are ranges of `text`, none of them empty.
    func tokenize(_ words: [Range<Int>], of text: AlignedText, into tokens: inout TokenList)
}

extension Field {
    /// The model that this value describes.
    ///
    /// - Parameter tables: the vocabulary, where it was compiled before; nil for that of the value.
    func model(_ tables: WordPieceTables?) throws(TokenizerError) -> any TokenModel {
        // Files of early versions do not name the model; WordPiece is told by its own member.
        let isNamed = try optionalMember("type") != nil
        let isWordPiece = try optionalMember("max_input_chars_per_word") != nil
        switch try !isNamed && isWordPiece ? "WordPiece" : stage() {
        case "WordPiece": return try WordPiece(self, tables)
        case let other: throw unsupportedStage(other)
        }
    }
}
