/// Splits at white space, which is dropped, and around every punctuation character.
struct BertPreTokenizer: PreTokenizer {
    let name = "BertPreTokenizer"
    private let unicode = UnicodeProperties.shared
    private let ascii: [Class]

    private enum Class {
        case letter, space, punctuation

        init(_ flags: UnicodeFlags) {
            self =
                flags.contains(.whiteSpace)
                ? .space : flags.contains(.punctuation) ? .punctuation : .letter
        }
    }

    init() {
        let unicode = unicode
        ascii = (0..<0x80).map { Class(unicode.record(of: $0).flags) }
    }

    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>]) {
        let scalars = text.span
        var start = piece.lowerBound
        for index in piece {
            let value = scalars[index].value
            let kind = value < 0x80 ? ascii[Int(value)] : Class(unicode.record(of: value).flags)
            if kind == .letter { continue }
            if start < index { words.append(start..<index) }
            if kind == .punctuation { words.append(index..<index + 1) }
            start = index + 1
        }
        if start < piece.upperBound { words.append(start..<piece.upperBound) }
    }
}
