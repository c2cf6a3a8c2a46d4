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
        var pieces = piece.isEmpty ? [] : [piece]
        for preTokenizer in preTokenizers {
            var parts: [Range<Int>] = []
            for piece in pieces {
                preTokenizer.split(piece, of: &text, into: &parts)
            }
            pieces = parts
        }
        words.append(contentsOf: pieces)
    }
}
