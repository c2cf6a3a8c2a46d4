/// Splits a long text into overlapping passages of whole sentences that a model can take in.
///
/// Each passage begins with the last sentence of the one before, unless that takes more than a
/// quarter of the limit or the next sentence does not fit beside it. One sentence, rather than a
/// share of the tokens, because it is what the next one refers to ("In that case …") and because a
/// fixed share would begin in its middle; the quarter bounds what is embedded twice.
///
/// A sentence beyond the limit is cut into pieces of a sixth of the limit, between words where there
/// are spaces and else between characters, and its pieces are put together as sentences are, so that
/// there, too, about 15 % overlap.
public struct PassageSplitter: Sendable {
    /// The most tokens in a passage; at least 1.
    public let maximumTokens: Int

    /// - Parameter maximumTokens: the most that `count` may give for a passage. Less than 1 is taken
    ///   as 1. Tokens that an encoder adds to every text are best left out here and in `count`.
    public init(maximumTokens: Int) { self.maximumTokens = max(maximumTokens, 1) }

    /// The passages in order.
    ///
    /// They have no white space at their ends, all other characters of the text are in at least one,
    /// and each is within the limit, save that one character is never cut. A text within the limit
    /// is one passage, a text of white space none.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - count: the number of tokens of a part of the text. It is called once for the text, once
    ///     for each sentence or piece and once for each passage, of which there are no more than
    ///     sentences; some more times only where a whole has more tokens than its parts, or a long
    ///     sentence has them spread unevenly. Then a passage may also lack its overlap.
    public func passages(of text: String, count: (Substring) -> Int) -> [Substring] {
        let whole = text[...].trimmingWhiteSpace
        if whole.isEmpty { return [] }
        if count(whole) <= maximumTokens { return [whole] }
        let units = Sentences.ranges(of: whole).flatMap { sentence in
            let unit = Unit(range: sentence, tokens: count(text[sentence]))
            return unit.tokens > maximumTokens ? pieces(of: unit, in: text, count) : [unit]
        }
        var passages: [Substring] = []
        var last = 0..<0
        while last.upperBound < units.count {
            last = passage(after: last, units, in: text, count)
            passages.append(text[Unit.range(of: units[last])])
        }
        return passages
    }

    /// A sentence, or a piece of a long one.
    private struct Unit {
        let range: Range<String.Index>
        let tokens: Int

        /// From the first to the last.
        static func range(of units: ArraySlice<Unit>) -> Range<String.Index> {
            guard let first = units.first, let last = units.last else {
                return "".startIndex..<"".startIndex
            }
            return first.range.lowerBound..<last.range.upperBound
        }
    }

    /// The units of the passage that follows one with the units `last`.
    private func passage(
        after last: Range<Int>, _ units: [Unit], in text: String, _ count: (Substring) -> Int
    ) -> Range<Int> {
        let next = last.upperBound
        var start = next
        var tokens = units[next].tokens
        // A passage of one sentence would be in this one altogether.
        if last.count > 1, 4 * units[next - 1].tokens <= maximumTokens,
            units[next - 1].tokens + tokens <= maximumTokens
        {
            start -= 1
            tokens += units[start].tokens
        }
        var end = next + 1
        while end < units.count, tokens + units[end].tokens <= maximumTokens {
            tokens += units[end].tokens
            end += 1
        }
        while end - start > 1, count(text[Unit.range(of: units[start..<end])]) > maximumTokens {
            if end - next > 1 { end -= (end - next) / 2 } else { start = next }
        }
        return start..<end
    }

    /// Cuts a sentence into pieces of about a sixth of the limit.
    private func pieces(
        of sentence: Unit, in text: String, _ count: (Substring) -> Int
    ) -> [Unit] {
        let limit = max(maximumTokens / 6, 1)
        var rest = text[sentence.range]
        let usual = max(limit * rest.count / sentence.tokens, 1)
        var pieces: [Unit] = []
        while !rest.isEmpty {
            var size = usual
            var piece = Self.head(of: rest, characters: size)
            var tokens = count(piece)
            while tokens > limit, size > 1 {
                size = size / 2
                piece = Self.head(of: rest, characters: size)
                tokens = count(piece)
            }
            pieces.append(Unit(range: piece.startIndex..<piece.endIndex, tokens: tokens))
            rest = rest[piece.endIndex...].drop(while: \.isWhitespace)
        }
        return pieces
    }

    /// At most that many characters from the front: whole words, or where a word is longer than half
    /// of them, characters.
    private static func head(of text: Substring, characters: Int) -> Substring {
        let head = text.prefix(characters)
        guard head.endIndex < text.endIndex, !text[head.endIndex].isWhitespace,
            let space = head.dropFirst(characters / 2).lastIndex(where: \.isWhitespace)
        else { return head.trimmingWhiteSpace }
        return head[..<space].trimmingWhiteSpace
    }
}
