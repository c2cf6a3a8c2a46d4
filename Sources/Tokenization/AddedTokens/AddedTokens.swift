/// The added tokens of a tokenizer: the first stage, and after the normalizer once more.
struct AddedTokens: Sendable {
    let tokens: [AddedToken]
    let rawMatcher: AddedTokenMatcher
    let normalizedMatcher: AddedTokenMatcher

    /// Reads `added_tokens`, nil meaning none, and adds the tokens to `vocabulary`.
    ///
    /// - Throws: also when an id is not the one that Hugging Face gives on loading: that of the
    ///   model's vocabulary when the token is there, else the next after its size.
    init(
        _ field: Field?, normalizer: (any Normalizer)?, model: any TokenModel,
        vocabulary: inout Vocabulary
    ) throws(TokenizerError) {
        var tokens: [AddedToken] = []
        var contents: Set<[UInt8]> = []
        var nextID = vocabulary.count
        for element in try field?.elements() ?? [] {
            let token = try AddedToken(element)
            guard contents.insert(Array(token.content.utf8)).inserted else {
                throw element.error("the token \"\(token.content)\" stands twice")
            }
            let knownID = model.id(of: token.content)
            let expectedID = knownID.map(Int.init) ?? nextID
            guard Int(token.id) == expectedID else {
                throw try element.member("id").error(
                    "\"\(token.content)\" should have the id \(expectedID), not \(token.id)")
            }
            if knownID == nil {
                nextID += 1
                guard vocabulary.insert(token.content, id: token.id) else {
                    throw try element.member("id").error("the id \(token.id) stands twice")
                }
            }
            tokens.append(token)
        }
        self.tokens = tokens
        rawMatcher = AddedTokenMatcher(
            tokens.filter { !$0.isNormalized }.map { ($0, AlignedText($0.content)) })
        normalizedMatcher = AddedTokenMatcher(
            tokens.filter(\.isNormalized).map { token in
                let content = AlignedText(token.content)
                guard let normalizer else { return (token, content) }
                var pattern: AlignedText = []
                normalizer.normalize(content.span, into: &pattern)
                return (token, pattern)
            })
    }

    func id(of content: String) -> Int32? {
        tokens.first { $0.content.utf8.elementsEqual(content.utf8) }?.id
    }
}
