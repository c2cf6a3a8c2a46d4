/// Adds special tokens around the tokens of a text.
protocol PostProcessor: Sendable {
    /// The name in `tokenizer.json`.
    var name: String { get }

    /// What a single text gets.
    var frame: SpecialTokenFrame { get }
}

/// The special tokens before and after a single text.
struct SpecialTokenFrame: Sendable {
    struct SpecialToken: Sendable, Equatable {
        let id: Int32
        let typeID: Int32
    }

    var before: [SpecialToken] = []
    var after: [SpecialToken] = []
    /// The token type id of the text's own tokens.
    var typeID: Int32 = 0

    var count: Int { before.count + after.count }
}

extension Field {
    /// The post-processor that this value describes.
    ///
    /// - Throws: also when it names ids that `vocabulary` lacks.
    func postProcessor(_ vocabulary: Vocabulary) throws(TokenizerError) -> any PostProcessor {
        switch try stage() {
        case "BertProcessing": try BertProcessing(self, vocabulary)
        case "TemplateProcessing": try TemplateProcessing(self, vocabulary)
        case let other: throw unsupportedStage(other)
        }
    }

    /// An id that the vocabulary has.
    func id(in vocabulary: Vocabulary) throws(TokenizerError) -> Int32 {
        let id = try id()
        guard vocabulary.text(of: id) != nil else {
            throw error("the id \(id) is not in the vocabulary")
        }
        return id
    }
}
