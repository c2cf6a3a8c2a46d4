/// The model of BERT: the longest token that begins a word, then the longest that continues it.
///
/// A word that cannot be covered in this way, or is too long, becomes the unknown token as a
/// whole. (Wu et al., "Google's Neural Machine Translation System", 2016, section 4.1, with the
/// longest-match-first rule of BERT's reference implementation.)
struct WordPiece: TokenModel {
    let name = "WordPiece"
    let vocabulary: Vocabulary
    /// Words with more scalars than this are unknown.
    let longestWord: Int
    let unknownID: Int32

    private let trie: ScalarTrie
    /// The tree of all tokens.
    private let wordRoot: ScalarTrie.Node
    /// The tree of the tokens that continue a word, without their prefix.
    private let continuationRoot: ScalarTrie.Node

    init(_ field: Field) throws(TokenizerError) {
        let vocabularyField = try field.member("vocab")
        let prefix = try field.member("continuing_subword_prefix").string().unicodeScalars
        let members = try vocabularyField.members()
        var trie = ScalarTrie(minimumCapacity: 2 * members.count)
        wordRoot = trie.addRoot()
        continuationRoot = trie.addRoot()
        var entries: [Vocabulary.Entry] = []
        entries.reserveCapacity(members.count)
        for (text, value) in members {
            let id = try vocabularyField.id(of: text, value)
            entries.append(Vocabulary.Entry(id: id, text: text))
            let scalars = text.unicodeScalars
            guard trie.insert(scalars, below: wordRoot, token: id) else {
                throw vocabularyField.error("the token \"\(text)\" stands twice")
            }
            if scalars.starts(with: prefix) {
                _ = trie.insert(
                    scalars.dropFirst(prefix.count), below: continuationRoot, token: id)
            }
        }
        vocabulary = try Vocabulary(entries, field: vocabularyField)
        longestWord = try field.member("max_input_chars_per_word").integer(upTo: Int(Int32.max))
        let unknownField = try field.member("unk_token")
        let unknown = try unknownField.string()
        guard let id = trie.token(unknown.unicodeScalars, below: wordRoot) else {
            throw unknownField.error("the token \"\(unknown)\" is not in the vocabulary")
        }
        unknownID = id
        self.trie = trie
    }

    func id(of token: String) -> Int32? {
        trie.token(token.unicodeScalars, below: wordRoot)
    }

    func tokenize(_ words: [Range<Int>], of text: AlignedText, into tokens: inout TokenList) {
        for word in words {
            let countBefore = tokens.count
            if word.count > longestWord || !cover(word, of: text, with: &tokens) {
                tokens.removeLast(tokens.count - countBefore)
                tokens.append(unknownID, word, of: text)
            }
        }
    }

    /// Appends tokens until the word is covered; false when a rest remains that none begins.
    @inline(__always)
    private func cover(
        _ word: Range<Int>, of text: AlignedText, with tokens: inout TokenList
    ) -> Bool {
        var start = word.lowerBound
        var node = wordRoot
        while start < word.upperBound {
            var longest = ScalarTrie.noToken
            var end = start
            var index = start
            while index < word.upperBound,
                let entry = trie.entry(from: node, by: text[index].value)
            {
                index += 1
                node = entry.node
                if entry.token != ScalarTrie.noToken {
                    longest = entry.token
                    end = index
                }
            }
            if longest == ScalarTrie.noToken { return false }
            tokens.append(longest, start..<end, of: text)
            start = end
            node = continuationRoot
        }
        return true
    }
}
