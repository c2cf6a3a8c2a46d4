internal import BiEncoder
internal import HTTPTypes
internal import NIOPosix

/// A model that answers requests, under the name by which they call it.
final class ServedModel: Sendable {
    let name: String
    let encoder: BiEncoder
    /// See `BiEncoder.fingerprint`.
    let fingerprint: String
    let queue: EmbeddingQueue

    init(name: String, _ encoder: BiEncoder, fingerprint: String, queue: EmbeddingQueue) {
        self.name = name
        self.encoder = encoder
        self.fingerprint = fingerprint
        self.queue = queue
    }

    /// The prefix of a prompt of the model's folder; that of no name is empty.
    ///
    /// - Throws: `APIError` when there is no such prompt.
    func prefix(ofPrompt promptName: String?) throws -> String {
        guard let promptName else { return "" }
        let prompts = encoder.folder.prompts.named
        guard let prompt = prompts.first(where: { $0.name == promptName }) else {
            let names = prompts.map { "\"\($0.name)\"" }.joined(separator: ", ")
            throw APIError.invalid(
                "prompt_name",
                "the model \(name) has no prompt \"\(promptName)\"; "
                    + (names.isEmpty ? "it has none" : "there are: \(names)"))
        }
        return prompt.prefix
    }
}

extension ServedModel {
    /// Texts to be embedded, and how.
    struct Input {
        var texts: [String]
        /// What comes before every text.
        var prefix = ""
        /// Whether a text that is too long is cut rather than refused.
        var truncates = true
        /// What the request calls the texts, for errors.
        var parameter = "input"
    }

    /// Up to how many bytes a text is tokenized where its request is handled, which takes less time than
    /// the way to another thread and back.
    private static let fewBytes = 1024

    /// The tokens of texts, as the encoder reads them.
    ///
    /// - Throws: `APIError` for a text that is empty, or too long where that is to be refused.
    func tokenize(_ input: Input, on pool: NIOThreadPool) async throws -> TokenizedTexts {
        if input.texts.contains(where: { !$0.utf8.contains { $0 > 0x20 } }) {
            throw APIError.emptyText(input.parameter)
        }
        let texts =
            input.texts.count == 1 && input.texts[0].utf8.count <= Self.fewBytes
            ? encoder.tokenize(input.texts, prefix: input.prefix)
            : try await pool.runIfActive { [encoder] in
                encoder.tokenize(input.texts, prefix: input.prefix)
            }
        if !input.truncates, let index = texts.cut.firstIndex(where: { $0 > 0 }) {
            throw APIError(
                .badRequest, "text_too_long",
                "text \(index + 1) of \(input.parameter) has \(texts[index].count + texts.cut[index]) "
                    + "tokens, the model \(name) reads \(encoder.maximumLength); shorten it, or leave out "
                    + "truncate: false",
                parameter: input.parameter)
        }
        return texts
    }
}
