/// What becomes of the delimiters that text is split at (Hugging Face:
/// `SplitDelimiterBehavior` in tokenizer/normalizer.rs).
enum SplitBehavior: String, CaseIterable, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
}

/// Takes the parts of a text in their order, each a match of a delimiter or what lies between, and
/// appends the words that a behaviour makes of them.
struct WordSplitter {
    private let behavior: SplitBehavior
    /// A word that may still grow.
    private var held: Range<Int>?
    private var previousIsMatch = false

    init(_ behavior: SplitBehavior) { self.behavior = behavior }

    @inline(__always)
    mutating func add(_ part: Range<Int>, isMatch: Bool, to words: inout [Range<Int>]) {
        switch behavior {
        case .removed:
            if !isMatch { append(part, to: &words) }
        case .isolated:
            append(part, to: &words)
        case .contiguous:
            extendOrHold(part, extends: isMatch == previousIsMatch, &words)
        case .mergedWithPrevious:
            extendOrHold(part, extends: isMatch && !previousIsMatch, &words)
        case .mergedWithNext:
            extendOrHold(part, extends: !isMatch && previousIsMatch, &words)
        }
        previousIsMatch = isMatch
    }

    /// Appends what is held back.
    mutating func finish(_ words: inout [Range<Int>]) {
        if let held { append(held, to: &words) }
        held = nil
    }

    private mutating func extendOrHold(
        _ part: Range<Int>, extends: Bool, _ words: inout [Range<Int>]
    ) {
        if extends, let held {
            self.held = held.lowerBound..<part.upperBound
        } else {
            finish(&words)
            held = part
        }
    }

    @inline(__always)
    private func append(_ word: Range<Int>, to words: inout [Range<Int>]) {
        if !word.isEmpty { words.append(word) }
    }
}

extension SplitBehavior {
    /// Appends the words of `piece`, where every scalar for which `isDelimiter` is true is one.
    @inline(__always)
    func split(
        _ piece: Range<Int>, of text: AlignedText, into words: inout [Range<Int>],
        where isDelimiter: (UInt32) -> Bool
    ) {
        var splitter = WordSplitter(self)
        var start = piece.lowerBound
        for index in piece where isDelimiter(text[index].value) {
            if start < index { splitter.add(start..<index, isMatch: false, to: &words) }
            splitter.add(index..<index + 1, isMatch: true, to: &words)
            start = index + 1
        }
        if start < piece.upperBound {
            splitter.add(start..<piece.upperBound, isMatch: false, to: &words)
        }
        splitter.finish(&words)
    }
}
