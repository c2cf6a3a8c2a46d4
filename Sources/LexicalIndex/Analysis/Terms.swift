/// The analyzer: makes the terms of documents and queries from their texts.
///
/// It knows no language but two habits: those of scripts without spaces, and English endings.
///
/// **Folding.** Width is folded (`１Ａ` is `1A`, `ｶﾞ` is `ガ`), letters are lower-case, Latin and
/// Greek ones without accents (`é` is `e`, `ø` is `o`); see `FoldedText`.
///
/// **Words** are runs of letters, marks and digits. An apostrophe in a word is left out: `don't`
/// gives `dont`. Everything else separates, so an e-mail address or a URL gives its parts.
///
/// **Compounds.** Words that are joined by a hyphen or an underscore give the words and, besides,
/// all of them written together, and so do numbers joined by dots, which stay. So a text that has
/// `Wi-Fi`, `E-1042` or `2.3.1` is found, by that and by `wifi`, `E1042` or `E 1042`:
///
///     Wi-Fi  →  wi fi wifi        E-1042  →  e 1042 e1042        2.3.1  →  2 3 1 2.3.1
///
/// **English endings** are taken off words of the letters a to z by `PorterStemmer`, whatever the
/// text's language: `charged` and `charging` give `charg`.
///
/// **Han, Hiragana, Katakana and Hangul** give overlapping pairs of characters, as Lucene's
/// `CJKBigramFilter` does, across these scripts; a character that stands alone gives itself.
/// Besides, every Han character gives itself, so that a query of one is answered, and a run of
/// three or more Katakana gives itself as a whole:
///
///     鍵をなくした  →  鍵を をな なく くし した 鍵        ケーブル  →  ケー ーブ ブル ケーブル
///
/// Other scripts without spaces (Thai, Lao, Khmer, Burmese) give their runs whole.
package enum Terms {
    /// The terms of a text, with repetitions. O(length).
    package static func of(_ text: String) -> [String] {
        var analysis = TermAnalysis(FoldedText(text).scalars)
        return analysis.terms()
    }
}

/// One run of the analyzer over a folded text.
private struct TermAnalysis {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var found: [String] = []

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    mutating func terms() -> [String] {
        while position < scalars.count {
            switch CharacterClass(of: scalars[position]) {
            case .paired: addPairs()
            case .word: addWords()
            case .mark, .other: position += 1
            }
        }
        return found
    }

    /// Reads a run of characters that are indexed in pairs.
    private mutating func addPairs() {
        let start = position
        while position < scalars.count, CharacterClass(of: scalars[position]) == .paired {
            position += 1
        }
        let run = scalars[start..<position]
        if run.count == 1 { return found.append(String(run)) }
        for place in run.indices.dropLast() { found.append(String(run[place...(place + 1)])) }
        for scalar in run where scalar.isHan { found.append(String(scalar)) }
        for word in run.split(whereSeparator: { !$0.isKatakana }) where word.count >= 3 {
            found.append(String(word))
        }
    }

    /// Reads a word, or several that are joined.
    private mutating func addWords() {
        var compound = readWord()
        var isCompound = false
        found.append(Self.stem(compound))
        while let joiner = joiner() {
            position += 1
            let word = readWord()
            found.append(Self.stem(word))
            compound += (joiner == "." ? "." : "") + word
            isCompound = true
        }
        if isCompound { found.append(Self.stem(compound)) }
    }

    private mutating func readWord() -> String {
        var word = String.UnicodeScalarView()
        while position < scalars.count {
            let scalar = scalars[position]
            switch CharacterClass(of: scalar) {
            case .word, .mark: word.append(scalar)
            case .other where scalar.isApostrophe && isWord(at: position + 1): break
            case .paired, .other: return String(word)
            }
            position += 1
        }
        return String(word)
    }

    /// The character here, when it joins the word before it with one behind it.
    private func joiner() -> Unicode.Scalar? {
        guard position < scalars.count, isWord(at: position + 1) else { return nil }
        let scalar = scalars[position]
        if scalar.isHyphen || scalar == "_" { return scalar }
        let joinsDigits =
            scalar == "." && scalars[position - 1].isDigit && scalars[position + 1].isDigit
        return joinsDigits ? scalar : nil
    }

    private func isWord(at place: Int) -> Bool {
        place < scalars.count && CharacterClass(of: scalars[place]) == .word
    }

    private static func stem(_ word: String) -> String {
        guard let letters = PorterStemmer(word) else { return word }
        return letters.stem()
    }
}

extension String {
    fileprivate init(_ scalars: ArraySlice<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
