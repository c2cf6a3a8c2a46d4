/// What a regular expression means, as far as it is understood here.
indirect enum RegexNode {
    case set(ScalarSet)
    case sequence([RegexNode])
    case alternation([RegexNode])
    /// - Parameter most: nil without limit.
    case repetition(RegexNode, least: Int, most: Int?, RegexGreed)
    case look(RegexLook)
    case assertion(RegexAssertion)
}

/// Which of several numbers of repetitions is tried first.
enum RegexGreed {
    /// The most.
    case greedy
    /// The least.
    case lazy
    /// The most, and no other.
    case possessive
}

/// A condition on a place.
enum RegexAssertion {
    case textStart, textEnd, textEndOrLastLineFeed, lineStart, lineEnd
    case wordBoundary, notWordBoundary
}

/// A condition on what is after a place or before it.
struct RegexLook {
    enum Step {
        case set(ScalarSet)
        case assertion(RegexAssertion)
    }

    let isBehind: Bool
    let isNegative: Bool
    /// Any of these has to be there.
    let alternatives: [[Step]]
}

/// Why a regular expression is not used.
struct RegexError: Error, Equatable {
    let reason: String
}
