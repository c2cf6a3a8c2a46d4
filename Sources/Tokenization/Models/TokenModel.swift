/// Splits words into tokens of its vocabulary.
protocol TokenModel: Sendable {
    /// The name in `tokenizer.json`.
    var name: String { get }

    var vocabulary: Vocabulary { get }

    /// What a compiled tokenizer keeps of it: the sections of the vocabulary, then its own.
    var sections: [[UInt8]] { get }

    /// The id of a token of the vocabulary, compared scalar by scalar.
    func id(of token: String) -> Int32?

    /// Appends the tokens of each word; words are ranges of `text`, none of them empty.
    func tokenize(
        _ words: [Range<Int>], of text: AlignedText, _ scratch: inout ModelScratch,
        into tokens: inout TokenList)
}

/// Buffers that models work in, of unspecified contents.
struct ModelScratch: Sendable {
    var unigram = Unigram.Scratch()
    var bpe = BPE.Scratch()
}

extension Field {
    private static let models = ["BPE", "Unigram", "WordPiece"]

    /// The model that this value describes. Files of early versions do not name it; it is told by
    /// members that no other has.
    func model() throws(TokenizerError) -> any TokenModel {
        let isNamed = try optionalMember("type") != nil
        let isWordPiece = try optionalMember("max_input_chars_per_word") != nil
        let isUnigram = try optionalMember("unk_id") != nil
        let isBPE = try optionalMember("merges") != nil
        let told =
            isNamed
            ? nil : isWordPiece ? "WordPiece" : isUnigram ? "Unigram" : isBPE ? "BPE" : nil
        let type = if let told { told } else { try stage() }
        switch type {
        case "BPE": return try BPE(self)
        case "Unigram": return try Unigram(self)
        case "WordPiece": return try WordPiece(self)
        case let other: throw unknownStage(other, known: Self.models)
        }
    }

    /// What is thrown where the tables of a compiled tokenizer are not as they should be; nobody sees
    /// it but as an entry of the cache that is made anew.
    var damaged: TokenizerError { error("the compiled tables are damaged") }
}
