/// Splits into runs of word characters and runs of what is neither these nor white space: `\w+|[^\w\s]+`
/// (Hugging Face: `Whitespace` in pre_tokenizers/whitespace.rs).
struct Whitespace: PreTokenizer {
    let name = "Whitespace"
    private let unicode = UnicodeProperties.shared

    private enum Class { case word, space, other }

    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>]) {
        var start = piece.lowerBound
        var previous: Class = .space
        for index in piece {
            let flags = unicode.record(of: text[index].value).flags
            let kind: Class =
                flags.contains(.word) ? .word : flags.contains(.whiteSpace) ? .space : .other
            if kind == previous { continue }
            if previous != .space { words.append(start..<index) }
            start = index
            previous = kind
        }
        if previous != .space { words.append(start..<piece.upperBound) }
    }
}
