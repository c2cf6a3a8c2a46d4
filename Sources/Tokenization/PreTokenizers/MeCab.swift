/// Splits Japanese text into the words of MeCab's most probable division, and these at white space or into
/// characters (transformers: `MecabTokenizer`, then `WordpieceTokenizer` or `CharacterTokenizer`, in
/// tokenization_bert_japanese.py).
///
/// No stage of a `tokenizer.json`: folders of `BertJapaneseTokenizer` are read as if they had it. A text ends
/// for MeCab at its first NUL, as it does in transformers.
struct MeCab: PreTokenizer {
    enum Unit: String, CaseIterable, Sendable {
        case words, characters
    }

    let name: String
    private let unit: Unit
    private let divider: MeCabDivider
    private let unicode = UnicodeProperties.shared

    /// - Throws: when MeCab or the dictionary is not installed.
    init(_ field: Field) throws(TokenizerError) {
        let dictionary = try field.member("dictionary").choice(MeCabDictionary.self)
        unit = try field.member("unit").choice(Unit.self)
        name = "MeCab(\(dictionary.rawValue)\(unit == .characters ? ", characters" : ""))"
        divider = try MeCabDivider(dictionary, path: field.path)
    }

    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(3 * piece.count)
        for index in piece {
            let scalar = text[index].value
            if scalar == 0 { break }
            _ = forEachUTF8(scalar) { byte in
                bytes.append(byte)
                return true
            }
        }
        var index = piece.lowerBound
        var position = 0
        /// The scalar that begins at a byte; bytes are asked for in ascending order.
        func scalar(at byte: Int) -> Int {
            while position < byte {
                position += utf8Length(text[index].value)
                index += 1
            }
            return index
        }
        for word in divider.words(of: bytes) {
            let start = scalar(at: word.lowerBound)
            let end = scalar(at: word.upperBound)
            switch unit {
            case .characters: for index in start..<end { words.append(index..<index + 1) }
            case .words:
                SplitBehavior.removed.split(start..<end, of: text, into: &words, where: isPythonWhiteSpace)
            }
        }
    }

    /// What Python's `str.split()` splits at.
    private func isPythonWhiteSpace(_ scalar: UInt32) -> Bool {
        (0x1C...0x1F).contains(scalar) || unicode.record(of: scalar).flags.contains(.whiteSpace)
    }
}
