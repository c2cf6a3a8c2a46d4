/// The model of BERT: the longest token that begins a word, then the longest that continues it.
///
/// A word that cannot be covered in this way, or is too long, becomes the unknown token as a
/// whole. (Wu et al., "Google's Neural Machine Translation System", 2016, section 4.1, with the
/// longest-match-first rule of BERT's reference implementation.)
struct WordPiece: TokenModel {
    let name = "WordPiece"
    private let tables: WordPieceTables
    /// Words with more scalars than this are unknown.
    private let longestWord: Int
    private let unknownID: Int32

    var vocabulary: Vocabulary { tables.vocabulary }

    var sections: [[UInt8]] { tables.sections }

    init(_ field: Field) throws(TokenizerError) {
        if let compiled = field.compiled {
            guard let tables = WordPieceTables(compiled) else { throw field.damaged }
            self.tables = tables
        } else {
            tables = try WordPieceTables(field)
        }
        longestWord = try field.member("max_input_chars_per_word").integer(upTo: Int(Int32.max))
        let unknownField = try field.member("unk_token")
        let unknown = try unknownField.string()
        guard let id = tables.id(of: unknown) else {
            throw unknownField.error("the token \"\(unknown)\" is not in the vocabulary")
        }
        unknownID = id
    }

    func id(of token: String) -> Int32? { tables.id(of: token) }

    func tokenize(
        _ words: [Range<Int>], of text: AlignedText, _ scratch: inout ModelScratch,
        into tokens: inout TokenList
    ) {
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
        let trie = tables.trie
        var node = WordPieceTables.wordRoot
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
            node = WordPieceTables.continuationRoot
        }
        return true
    }
}
