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
    /// The token type id of the text's own tokens; nil to leave them as they are, at first 0.
    var typeID: Int32?
    /// What happens to offsets.
    var trims: [OffsetTrim] = []

    var count: Int { before.count + after.count }
}

extension Field {
    private static let postProcessors = [
        "BertProcessing", "ByteLevel", "RobertaProcessing", "Sequence", "TemplateProcessing",
    ]

    /// The post-processor that this value describes.
    ///
    /// - Throws: also when it names ids that `vocabulary` lacks.
    func postProcessor(_ vocabulary: Vocabulary) throws(TokenizerError) -> any PostProcessor {
        switch try stage() {
        case "BertProcessing": try BertProcessing(self, vocabulary)
        case "ByteLevel": try ByteLevelProcessing(self)
        case "RobertaProcessing": try RobertaProcessing(self, vocabulary)
        case "Sequence": try PostProcessorSequence(self, vocabulary)
        case "TemplateProcessing": try TemplateProcessing(self, vocabulary)
        case let other: throw unknownStage(other, known: Self.postProcessors)
        }
    }

    /// A special token and its id: `["[CLS]", 101]`.
    func specialToken(
        _ vocabulary: Vocabulary
    ) throws(TokenizerError) -> SpecialTokenFrame.SpecialToken {
        let parts = try elements()
        guard parts.count == 2 else { throw error("should be a token and its id") }
        _ = try parts[0].string()
        return SpecialTokenFrame.SpecialToken(id: try parts[1].id(in: vocabulary), typeID: 0)
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
