/// Several pre-tokenizers; each splits the words of the one before.
struct PreTokenizerSequence: PreTokenizer {
    let preTokenizers: [any PreTokenizer]

    init(_ field: Field) throws(TokenizerError) {
        var preTokenizers: [any PreTokenizer] = []
        for element in try field.member("pretokenizers").elements() {
            preTokenizers.append(try element.preTokenizer())
        }
        self.preTokenizers = preTokenizers
    }

    var name: String { "Sequence(\(preTokenizers.map(\.name).joined(separator: ", ")))" }

    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>]) {
        if piece.isEmpty { return }
        let start = words.count
        words.append(piece)
        for preTokenizer in preTokenizers {
            let pieces = start..<words.count
            for index in pieces {
                preTokenizer.split(words[index], of: &text, into: &words)
            }
            words.removeSubrange(pieces)
        }
    }
}
