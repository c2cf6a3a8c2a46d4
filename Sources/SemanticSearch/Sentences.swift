/// The sentences of a text in English, Japanese and languages that are written like them.
///
/// A line break ends a sentence. So does a run of `.` `!` `?` `…` or of `。` `！` `？` `｡` `．`,
/// together with the quotes and brackets that close behind it:
///
/// - 。and its like end it whatever follows, for no space does; but not within 「…。」と, where a
///   closing bracket is followed by hiragana, and ．not after a digit.
/// - `!` and `?` end it before white space or a character of Chinese or Japanese.
/// - `.` and `…` end it before white space. So 3.14, v1.2 and example.com stay whole. They do not when
///   a small letter comes next ("e.g. by card", "etc. and"), and a single `.` not after an
///   abbreviation that never ends a sentence ("Dr."), one capital letter ("J. Smith"), "No." and its
///   like before a digit, and the number of an item at the start of a line ("1. Open").
///
/// Where that is wrong, a passage begins a sentence early or late, and nothing is lost.
enum Sentences {
    /// Their ranges in order, without white space around them; none is empty. O(length).
    static func ranges(of text: Substring) -> [Range<String.Index>] {
        var ranges: [Range<String.Index>] = []
        var start = text.startIndex
        func end(at index: String.Index) {
            let sentence = text[start..<index].trimmingWhiteSpace
            if !sentence.isEmpty { ranges.append(sentence.startIndex..<sentence.endIndex) }
            start = index
        }
        var index = start
        while index < text.endIndex {
            if text[index].isNewline {
                end(at: index)
            } else if let mark = Mark(in: text, at: index) {
                if mark.endsSentence(from: start, in: text) { end(at: mark.end) }
                index = mark.end
                continue
            }
            index = text.index(after: index)
        }
        end(at: text.endIndex)
        return ranges
    }
}

/// A run of sentence-final punctuation and the quotes and brackets that close behind it.
private struct Mark {
    let start: String.Index
    /// The last of the run.
    let last: Character
    /// Where the closing quotes and brackets begin.
    let closers: String.Index
    let end: String.Index

    private static let wide: Set<Character> = ["。", "！", "？", "｡", "．"]
    private static let narrow: Set<Character> = [".", "!", "?", "…"]
    private static let closing: Set<Character> = [
        "\"", "'", ")", "]", "”", "’", "»", "」", "』", "）", "】", "］", "〉", "》", "｣",
    ]
    /// Before a capital letter, too, these do not end a sentence.
    private static let abbreviations: Set<String> = [
        "e.g", "i.e", "mr", "mrs", "ms", "dr", "prof", "st", "vs", "cf", "approx", "ca",
    ]
    /// Nor these before a digit.
    private static let beforeNumbers: Set<String> = ["no", "nos", "fig", "vol", "p", "pp", "ver", "tel", "ext"]

    /// Nil when no run begins here.
    init?(in text: Substring, at start: String.Index) {
        func skip(_ set: (Character) -> Bool, from index: String.Index) -> String.Index {
            text[index...].firstIndex { !set($0) } ?? text.endIndex
        }
        closers = skip({ Self.wide.contains($0) || Self.narrow.contains($0) }, from: start)
        guard closers > start else { return nil }
        self.start = start
        last = text[text.index(before: closers)]
        end = skip(Self.closing.contains, from: closers)
    }

    func endsSentence(from sentence: String.Index, in text: Substring) -> Bool {
        let isPeriod = last == "." || last == "…"
        let rest = text[end...]
        guard let next = rest.first else { return true }
        if next.isWhitespace {
            guard isPeriod, let following = rest.first(where: { !$0.isWhitespace }) else { return true }
            if rest.prefix(while: \.isWhitespace).contains(where: \.isNewline) { return true }
            return !following.isLowercase && !isAbbreviation(before: following, from: sentence, in: text)
        }
        if last == "．", start > sentence, text[text.index(before: start)].isNumber { return false }
        if Self.wide.contains(last) { return closers == end || !next.isHiragana }
        return !isPeriod && next.isEastAsian
    }

    private func isAbbreviation(
        before following: Character, from sentence: String.Index, in text: Substring
    ) -> Bool {
        guard last == ".", text.index(after: start) == closers, closers == end else { return false }
        let before = text[sentence..<start]
        let word = before.suffix(where: { $0.isLetter || $0.isNumber || $0 == "." })
        if word.count == 1, word.allSatisfy(\.isUppercase) { return true }
        if before.trimmingWhiteSpace == word, word.allSatisfy(\.isNumber) { return true }
        let name = word.lowercased()
        return Self.abbreviations.contains(name)
            || following.isNumber && Self.beforeNumbers.contains(name)
    }
}

extension Substring {
    /// Without white space and line breaks at both ends.
    var trimmingWhiteSpace: Substring {
        let head = drop(while: \.isWhitespace)
        return head.dropLast(head.reversed().prefix(while: \.isWhitespace).count)
    }

    /// The longest end whose characters all fulfil a condition.
    fileprivate func suffix(where condition: (Character) -> Bool) -> Substring {
        self[(lastIndex { !condition($0) }.map(index(after:)) ?? startIndex)...]
    }
}

extension Character {
    fileprivate var isHiragana: Bool {
        unicodeScalars.first.map { (0x3041...0x309F).contains($0.value) } ?? false
    }

    /// Of the blocks from CJK punctuation up, in which no spaces stand between words.
    fileprivate var isEastAsian: Bool {
        unicodeScalars.first.map { (0x3001...0x9FFF).contains($0.value) || (0xF900...0xFFEF).contains($0.value) }
            ?? false
    }
}
