/// Takes English endings off a word, so that its forms have one stem.
///
/// M. F. Porter, "An algorithm for suffix stripping", Program 14 (3), 1980, as published. Words of
/// one or two letters stay, as in his own program. A stem need not be a word: "charging" has
/// "charg".
struct PorterStemmer {
    private var word: [UInt8]

    /// Nil unless the word has three letters or more, all from a to z.
    init?(_ word: String) {
        let letters = Array(word.utf8)
        guard letters.count >= 3, letters.allSatisfy({ (0x61...0x7A).contains($0) }) else {
            return nil
        }
        self.word = letters
    }

    consuming func stem() -> String {
        removePlural()
        removePast()
        replaceFinalY()
        replace(Self.step2) { $0.measure > 0 }
        replace(Self.step3) { $0.measure > 0 }
        replace(Self.step4) { $0.measure > 1 }
        removeFinalE()
        return String(decoding: word, as: UTF8.self)
    }
}

/// The paper's terms about the first letters of a word.
private struct Stem {
    let letters: ArraySlice<UInt8>

    /// Whether a letter is a vowel: a, e, i, o, u, and y after a consonant.
    private func isVowel(_ place: Int) -> Bool {
        switch letters[place] {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
            UInt8(ascii: "u"):
            true
        case UInt8(ascii: "y"): place > letters.startIndex && !isVowel(place - 1)
        default: false
        }
    }

    /// m: how often a run of vowels is followed by a run of consonants.
    var measure: Int {
        letters.indices.dropFirst().count { isVowel($0 - 1) && !isVowel($0) }
    }

    /// *v*: whether there is a vowel.
    var hasVowel: Bool { letters.indices.contains(where: isVowel) }

    /// *d: whether it ends with the same consonant twice.
    var endsWithDoubleConsonant: Bool {
        let end = letters.endIndex
        return letters.count >= 2 && letters[end - 1] == letters[end - 2] && !isVowel(end - 1)
            && !isVowel(end - 2)
    }

    /// *o: whether it ends consonant, vowel, consonant, the last being neither w, x nor y.
    var endsShort: Bool {
        let end = letters.endIndex
        return letters.count >= 3 && !isVowel(end - 3) && isVowel(end - 2) && !isVowel(end - 1)
            && !"wxy".utf8.contains(letters[end - 1])
    }
}

extension PorterStemmer {
    private func ends(with suffix: String) -> Bool {
        word.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    /// The word without its last letters.
    private func stem(without count: Int) -> Stem {
        Stem(letters: word[..<(word.count - count)])
    }

    private mutating func replaceLast(_ count: Int, with suffix: String) {
        word.removeLast(count)
        word += suffix.utf8
    }

    /// Step 1a.
    private mutating func removePlural() {
        if ends(with: "sses") || ends(with: "ies") {
            word.removeLast(2)
        } else if ends(with: "s"), !ends(with: "ss") {
            word.removeLast()
        }
    }

    /// Step 1b.
    private mutating func removePast() {
        if ends(with: "eed") {
            if stem(without: 3).measure > 0 { word.removeLast() }
            return
        }
        guard let suffix = ["ed", "ing"].first(where: ends(with:)),
            stem(without: suffix.utf8.count).hasVowel
        else { return }
        word.removeLast(suffix.utf8.count)
        let stem = stem(without: 0)
        if ends(with: "at") || ends(with: "bl") || ends(with: "iz") {
            word += "e".utf8
        } else if stem.endsWithDoubleConsonant {
            if !ends(with: "l"), !ends(with: "s"), !ends(with: "z") { word.removeLast() }
        } else if stem.measure == 1, stem.endsShort {
            word += "e".utf8
        }
    }

    /// Step 1c.
    private mutating func replaceFinalY() {
        if ends(with: "y"), stem(without: 1).hasVowel { replaceLast(1, with: "i") }
    }

    /// Steps 2 to 4: replaces the longest suffix of a list that the word ends with, when the stem
    /// before it fulfils the condition.
    private mutating func replace(
        _ suffixes: [(suffix: String, replacement: String)], where condition: (Stem) -> Bool
    ) {
        let found = suffixes.filter { ends(with: $0.suffix) }
            .max { $0.suffix.utf8.count < $1.suffix.utf8.count }
        guard let (suffix, replacement) = found else { return }
        let stem = stem(without: suffix.utf8.count)
        // In step 4, "ion" goes after s and t only.
        if suffix == "ion", ![UInt8(ascii: "s"), UInt8(ascii: "t")].contains(stem.letters.last) {
            return
        }
        if condition(stem) { replaceLast(suffix.utf8.count, with: replacement) }
    }

    /// Steps 5a and 5b.
    private mutating func removeFinalE() {
        if ends(with: "e") {
            let stem = stem(without: 1)
            if stem.measure > 1 || stem.measure == 1 && !stem.endsShort { word.removeLast() }
        }
        if ends(with: "ll"), stem(without: 0).measure > 1 { word.removeLast() }
    }

    private static let step2 = [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
        ("abli", "able"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
        ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
        ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"),
        ("biliti", "ble"),
    ].map { (suffix: $0.0, replacement: $0.1) }

    private static let step3 = [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"),
        ("ful", ""), ("ness", ""),
    ].map { (suffix: $0.0, replacement: $0.1) }

    private static let step4 = [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion",
        "ou", "ism", "ate", "iti", "ous", "ive", "ize",
    ].map { (suffix: $0, replacement: "") }
}
