/// Where extended grapheme clusters end (Unicode Standard Annex #29), as the crate
/// unicode-segmentation has it, which the stage `Precompiled` divides text with.
final class GraphemeBreaks: Sendable {
    static let shared = GraphemeBreaks()

    private let classes = CodePointTable(runs: GraphemeTables.runs)

    /// What the rules tell apart; consonants and linkers are those of Indic conjuncts.
    private enum Class: UInt8 {
        case other, control, extend, joiner, spacingMark, prepend, pictographic, regionalIndicator
        case leading, vowel, trailing, openSyllable, closedSyllable, consonant, linker
        case carriageReturn, lineFeed
    }

    /// How far a sequence has come that only its whole past tells.
    private enum Progress { case none, begun, complete }

    @inline(__always)
    private func `class`(_ scalar: UInt32) -> Class {
        let found = Class(rawValue: classes[scalar]) ?? .other
        return found == .openSyllable && Hangul.hasTrailing(scalar) ? .closedSyllable : found
    }

    /// Where the cluster ends that begins at `start`.
    @inline(__always)
    func end(of text: Span<AlignedScalar>, from start: Int) -> Int {
        // Below U+0300 nothing is joined but a line feed.
        if start + 1 == text.count { return start + 1 }
        let (first, second) = (text[start].value, text[start + 1].value)
        if second < 0x300, first < 0x300 {
            return first == 0x0D && second == 0x0A ? start + 2 : start + 1
        }
        return endOfLonger(of: text, from: start)
    }

    private func endOfLonger(of text: Span<AlignedScalar>, from start: Int) -> Int {
        var before = self.class(text[start].value)
        var indicators = before == .regionalIndicator ? 1 : 0
        var emoji: Progress = before == .pictographic ? .begun : .none
        var conjunct: Progress = before == .consonant ? .begun : .none
        var index = start + 1
        while index < text.count {
            let value = text[index].value
            let after = self.class(value)
            let joins =
                switch (before, after) {
                case (.carriageReturn, .lineFeed): true
                case (.control, _), (.carriageReturn, _), (.lineFeed, _): false
                case (_, .control), (_, .carriageReturn), (_, .lineFeed): false
                case (.leading, .leading), (.leading, .vowel), (.leading, .openSyllable),
                    (.leading, .closedSyllable), (.openSyllable, .vowel),
                    (.openSyllable, .trailing), (.vowel, .vowel), (.vowel, .trailing),
                    (.closedSyllable, .trailing), (.trailing, .trailing):
                    true
                case (_, .extend), (_, .linker), (_, .joiner), (_, .spacingMark), (.prepend, _): true
                case (_, .consonant): conjunct == .complete
                case (.joiner, .pictographic): emoji == .complete
                case (.regionalIndicator, .regionalIndicator): !indicators.isMultiple(of: 2)
                default: false
                }
            if !joins { return index }
            indicators = after == .regionalIndicator ? indicators + 1 : 0
            emoji =
                switch after {
                case .pictographic: .begun
                case .extend, .linker: emoji == .begun ? .begun : .none
                case .joiner: emoji == .begun ? .complete : .none
                default: .none
                }
            conjunct =
                switch after {
                case .consonant: .begun
                case .linker: conjunct == .none ? .none : .complete
                // The zero width non-joiner extends but parts conjuncts.
                case .extend: value == 0x200C ? .none : conjunct
                case .joiner: conjunct
                default: .none
                }
            before = after
            index += 1
        }
        return index
    }
}
