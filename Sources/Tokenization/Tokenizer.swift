public import JSON

/// The pipeline that a Hugging Face `tokenizer.json` describes.
///
/// A text passes the stages in this order: added tokens that are sought in the raw text, the
/// normalizer, added tokens that are sought in normalized text, the pre-tokenizer, the model, the
/// post-processor. Ids are those of Hugging Face's `tokenizers` 0.23, bit for bit. The file's
/// `truncation` and `padding` are ignored, as sentence-transformers does, and its `decoder` is not
/// needed.
///
/// Copies share their tables, and one tokenizer may encode on many threads at once.
public struct Tokenizer: Sendable {
    let addedTokens: AddedTokens
    let normalizer: (any Normalizer)?
    let preTokenizer: (any PreTokenizer)?
    let model: any TokenModel
    let postProcessor: (any PostProcessor)?
    /// That of the model, and the added tokens.
    let vocabulary: Vocabulary
    let scratch = ScratchPool()

    /// Makes the pipeline of a `tokenizer.json` that has been parsed.
    ///
    /// - Parameter path: what errors call the file.
    /// - Throws: when a value is missing, wrong or contradicts another, and when a stage is asked
    ///   for that this module does not have. O(size of the vocabulary).
    public init(json: JSONValue, path: String) throws(TokenizerError) {
        try self.init(json: json, compiled: nil, path: path)
    }

    /// - Parameter compiled: the tables that `json` lacks, where it is that of a compiled tokenizer.
    init(json: JSONValue, compiled: CompiledSections?, path: String) throws(TokenizerError) {
        let file = Field(path: path, name: "", value: json, compiled: compiled)
        if let version = try file.optionalMember("version"), try version.string() != "1.0" {
            throw version.error("should be \"1.0\"", kind: .unsupported)
        }
        normalizer = try file.optionalMember("normalizer")?.normalizer()
        preTokenizer = try file.optionalMember("pre_tokenizer")?.preTokenizer()
        model = try file.member("model").model()
        var vocabulary = model.vocabulary
        addedTokens = try AddedTokens(
            file.optionalMember("added_tokens"), normalizer: normalizer, model: model,
            vocabulary: &vocabulary)
        postProcessor = try file.optionalMember("post_processor")?.postProcessor(vocabulary)
        self.vocabulary = vocabulary
    }

    /// The text of a token, or nil when the vocabulary has no such id. Added tokens are included.
    public func token(of id: Int32) -> String? {
        vocabulary.text(of: id)
    }

    /// The id of a token, compared scalar by scalar, or nil. Added tokens are included.
    public func id(of token: String) -> Int32? {
        addedTokens.id(of: token) ?? model.id(of: token)
    }

    /// The highest id + 1: how many rows an embedding table needs.
    public var vocabularySize: Int { vocabulary.idBound }

    /// The names of the stages in their order, such as `["BertNormalizer", "BertPreTokenizer",
    /// "WordPiece", "TemplateProcessing"]`; those that the file leaves out are left out.
    public var stages: [String] {
        [normalizer?.name, preTokenizer?.name, model.name, postProcessor?.name].compactMap(\.self)
    }
}
