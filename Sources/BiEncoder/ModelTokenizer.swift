public import Tokenization

/// What a model sees of a text: its folder's settings and its tokenizer, without its weights.
public struct ModelTokenizer: Sendable {
    public let folder: ModelFolder
    public let tokenizer: Tokenizer
    /// The most tokens of a text that are read, special tokens included; the rest is cut.
    public let maximumLength: Int

    /// - Parameters:
    ///   - path: as for `BiEncoder`.
    ///   - maximumLength: another limit than the folder's, from 2 to the model's positions.
    ///   - prompts: which prefixes texts get.
    /// - Throws: `ModelError`.
    public init(
        modelAt path: String, maximumLength: Int? = nil, prompts: PromptChoice = .automatic
    ) throws(ModelError) {
        folder = try ModelFolder(path, prompts: prompts)
        do {
            tokenizer = try TokenizerCache().tokenizer(of: folder.tokenizer)
        } catch {
            throw ModelError(error)
        }
        let limits = try ArchitectureKind.limits(folder.config)
        guard tokenizer.vocabularySize <= limits.vocabularySize else {
            throw ModelError(
                folder.tokenizerPath,
                "has ids up to \(tokenizer.vocabularySize - 1), but config.json's vocab_size is "
                    + "\(limits.vocabularySize)")
        }
        let positions = limits.positions
        if let maximumLength, !(2...positions).contains(maximumLength) {
            throw ModelError(
                path, "a maximum length of \(maximumLength) tokens: expected 2 to \(positions)")
        }
        let length = min(maximumLength ?? folder.maximumLength ?? positions, positions)
        self.maximumLength = length
        for prompt in folder.prompts.named where !prompt.prefix.isEmpty {
            let tokens = tokenizer.encode(prompt.prefix, maximumLength: nil).ids.count
            guard tokens < length else {
                throw ModelError(
                    path,
                    "the prompt \"\(prompt.name)\" alone has \(tokens) tokens, special ones included, and "
                        + "\(length) of a text are read: no room is left for the text itself")
            }
        }
    }
}
