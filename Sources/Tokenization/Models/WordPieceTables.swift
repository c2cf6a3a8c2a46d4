/// The vocabulary of a WordPiece model as it is looked up: texts by their ids, and trees of texts.
struct WordPieceTables: Sendable {
    let vocabulary: Vocabulary
    let trie: ScalarTrie

    /// The tree of all tokens.
    static let wordRoot: ScalarTrie.Node = 1
    /// The tree of the tokens that continue a word, without their prefix.
    static let continuationRoot: ScalarTrie.Node = 2

    /// The tables of a compiled tokenizer; nil when there are none.
    init?(_ compiled: CompiledSections) {
        guard let vocabulary = Vocabulary(compiled),
            let slots = compiled.column(Vocabulary.sectionCount, of: ScalarTrie.Entry.self),
            let trie = ScalarTrie(slots, tokens: 0..<Int32(vocabulary.idBound))
        else { return nil }
        self.vocabulary = vocabulary
        self.trie = trie
    }

    /// What `init(_:)` takes.
    var sections: [[UInt8]] { vocabulary.sections + [Array(trie.entries.bytes)] }

    /// Reads the model's vocabulary. O(size of the vocabulary).
    init(_ field: Field) throws(TokenizerError) {
        let vocabularyField = try field.member("vocab")
        let prefix = try field.member("continuing_subword_prefix").string().unicodeScalars
        let members = try vocabularyField.members()
        var trie = ScalarTrieBuilder(minimumCapacity: 2 * members.count)
        let roots = (trie.addRoot(), trie.addRoot())
        precondition(roots == (Self.wordRoot, Self.continuationRoot))
        var entries: [(id: Int32, text: String)] = []
        entries.reserveCapacity(members.count)
        for (text, value) in members {
            let id = try vocabularyField.id(of: text, value)
            entries.append((id, text))
            let scalars = text.unicodeScalars
            guard trie.insert(scalars, below: Self.wordRoot, token: id) else {
                throw vocabularyField.error("the token \"\(text)\" stands twice")
            }
            if scalars.starts(with: prefix) {
                _ = trie.insert(
                    scalars.dropFirst(prefix.count), below: Self.continuationRoot, token: id)
            }
        }
        vocabulary = try Vocabulary(entries, field: vocabularyField)
        self.trie = ScalarTrie(trie)
    }

    /// The id of a token, compared scalar by scalar, or nil.
    func id(of token: String) -> Int32? {
        trie.token(token.unicodeScalars, below: Self.wordRoot)
    }
}
