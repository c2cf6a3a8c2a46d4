/// Reads the regular expressions of tokenizers, in the syntax of Oniguruma as Hugging Face's
/// tokenizers have it: characters, classes, properties, alternatives, groups, repetitions, conditions.
///
/// What is beyond that is refused by name, never approximated: back references, atomic groups, posix
/// brackets, intersections, conditions of unlimited length, repetitions of what may be empty.
struct RegexParser {
    let scalars: [UInt32]
    var position = 0
    var options = Options()
    var depth = 0

    struct Options {
        var ignoresCase = false
        var dotMatchesLineFeed = false
    }

    private static let ligatures = ["ff", "fi", "fl", "ss", "st"]

    /// How deep groups may be nested.
    static let maximumDepth = 50
    /// The most repetitions that may be asked for by number.
    private static let maximumCount = 255

    static func parse(_ pattern: String) throws(RegexError) -> RegexNode {
        var parser = RegexParser(pattern)
        let node = try parser.alternation()
        if parser.peek() != nil { throw RegexError(reason: "a \")\" closes no group") }
        return node
    }

    private init(_ pattern: String) {
        scalars = pattern.unicodeScalars.map(\.value)
    }

    // MARK: Alternatives, sequences, repetitions

    private mutating func alternation() throws(RegexError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.maximumDepth {
            throw RegexError(reason: "groups are nested deeper than \(Self.maximumDepth)")
        }
        let outer = options
        var alternatives = [try sequence()]
        while take("|") { alternatives.append(try sequence()) }
        options = outer
        return alternatives.count == 1 ? alternatives[0] : .alternation(alternatives)
    }

    private mutating func sequence() throws(RegexError) -> RegexNode {
        var nodes: [RegexNode] = []
        while let next = peek(), next != "|", next != ")" {
            if let node = try atom() { nodes.append(try repeated(node)) }
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func repeated(_ node: RegexNode) throws(RegexError) -> RegexNode {
        guard let (least, most, isCounted) = try quantifier() else { return node }
        let greed: RegexGreed
        if take("?") {
            greed = .lazy
        } else if peek() == "+" {
            position += 1
            greed = .possessive
        } else {
            greed = .greedy
        }
        if isCounted, greed != .greedy {
            throw RegexError(reason: "\"?\" or \"+\" after {…} is not supported")
        }
        if let next = peek(), "*+?".unicodeScalars.contains(next) {
            throw RegexError(reason: "a repetition of a repetition is not supported")
        }
        switch node {
        case .look, .assertion: throw RegexError(reason: "a repeated condition is not supported")
        case .set: break
        default:
            if greed == .possessive {
                throw RegexError(reason: "a possessive repetition of a group is not supported")
            }
            if node.mayBeEmpty {
                throw RegexError(reason: "a repetition of what may be empty is not supported")
            }
        }
        return .repetition(node, least: least, most: most, greed)
    }

    private mutating func quantifier() throws(RegexError) -> (Int, Int?, isCounted: Bool)? {
        if take("*") { return (0, nil, false) }
        if take("+") { return (1, nil, false) }
        if take("?") { return (0, 1, false) }
        let start = position
        guard take("{") else { return nil }
        let least = number()
        var most = least
        if take(",") { most = number() }
        guard take("}"), least != nil || most != nil else {
            // A brace that counts nothing is a character.
            position = start
            return nil
        }
        let isOpen = most == nil
        guard least ?? 0 <= Self.maximumCount, most ?? 0 <= Self.maximumCount,
            isOpen || least ?? 0 <= most ?? 0
        else {
            throw RegexError(
                reason: "a repetition should be of ascending numbers up to \(Self.maximumCount)")
        }
        return (least ?? 0, most, true)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = peek(), ("0"..."9").contains(digit) {
            value = min((value ?? 0) * 10 + Int(digit.value - 0x30), Self.maximumCount + 1)
            position += 1
        }
        return value
    }

    // MARK: Atoms

    /// One thing that can be repeated; nil when it was but an option.
    private mutating func atom() throws(RegexError) -> RegexNode? {
        guard let next = peek() else { return nil }
        position += 1
        switch next {
        case "(": return try group()
        case "[": return .set(try self.class())
        case ".": return .set(options.dotMatchesLineFeed ? .all : .allButLineFeed)
        case "^": return .assertion(.lineStart)
        case "$": return .assertion(.lineEnd)
        case "\\": return try escape()
        case "*", "+", "?": throw RegexError(reason: "\"\(next)\" repeats nothing")
        default: return try literal(next.value)
        }
    }

    func literal(_ scalar: UInt32) throws(RegexError) -> RegexNode {
        guard options.ignoresCase else { return .set(ScalarSet(scalar)) }
        guard let set = ScalarSet.ignoringCase(scalar) else {
            throw RegexError(reason: "the option i is supported for letters of ASCII only")
        }
        // With the letter before it, it may equal a ligature or a sharp s.
        let pair = scalars[max(0, position - 2)..<position].map { $0 | 0x20 }
        if Self.ligatures.contains(where: { $0.unicodeScalars.map(\.value) == pair }) {
            throw RegexError(reason: "the option i is not supported for ff, fi, fl, ss and st")
        }
        return .set(set)
    }

    private mutating func group() throws(RegexError) -> RegexNode? {
        guard take("?") else { return try closedAlternation() }
        guard let kind = peek() else { throw RegexError(reason: "a group is not closed") }
        position += 1
        switch kind {
        case ":": return try closedAlternation()
        case "=": return try look(isBehind: false, isNegative: false)
        case "!": return try look(isBehind: false, isNegative: true)
        case "<":
            if take("=") { return try look(isBehind: true, isNegative: false) }
            if take("!") { return try look(isBehind: true, isNegative: true) }
            // A group's name is of no account.
            while let next = peek(), next != ">" { position += 1 }
            guard take(">") else { throw RegexError(reason: "a group's name is not closed") }
            return try closedAlternation()
        case ">": throw RegexError(reason: "atomic groups (?>…) are not supported")
        default:
            position -= 1
            return try optionGroup()
        }
    }

    private mutating func closedAlternation() throws(RegexError) -> RegexNode {
        let node = try alternation()
        try closeGroup()
        return node
    }

    private mutating func closeGroup() throws(RegexError) {
        guard take(")") else { throw RegexError(reason: "a group is not closed") }
    }

    /// `(?i)`, `(?i:…)`, `(?-m)` and the like, after the question mark.
    private mutating func optionGroup() throws(RegexError) -> RegexNode? {
        let outer = options
        // Elsewhere it would hold for the alternatives that follow, too.
        let isAtStart = position == 2
        var isOn = true
        while let next = peek() {
            position += 1
            switch next {
            case "-": isOn = false
            case "i": options.ignoresCase = isOn
            case "m": options.dotMatchesLineFeed = isOn
            case ":":
                let node = try closedAlternation()
                options = outer
                return node
            // For all that follows.
            case ")" where isAtStart: return nil
            default: throw RegexError(reason: "the group \"(?\(next)\" is not supported")
            }
        }
        throw RegexError(reason: "a group is not closed")
    }

    private mutating func look(isBehind: Bool, isNegative: Bool) throws(RegexError) -> RegexNode {
        let node = try closedAlternation()
        let alternatives: [RegexNode]
        if case .alternation(let nodes) = node { alternatives = nodes } else { alternatives = [node] }
        var steps: [[RegexLook.Step]] = []
        for alternative in alternatives { steps.append(try Self.steps(alternative)) }
        return .look(
            RegexLook(isBehind: isBehind, isNegative: isNegative, alternatives: steps))
    }

    private static func steps(_ node: RegexNode) throws(RegexError) -> [RegexLook.Step] {
        switch node {
        case .set(let set): return [.set(set)]
        case .assertion(let assertion): return [.assertion(assertion)]
        case .sequence(let nodes):
            var steps: [RegexLook.Step] = []
            for node in nodes { steps += try Self.steps(node) }
            return steps
        default:
            throw RegexError(
                reason: "a condition of anything but alternatives of characters is not supported")
        }
    }

    // MARK: Reading

    func peek() -> Unicode.Scalar? {
        position < scalars.count ? Unicode.Scalar(scalars[position]) : nil
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        position += 1
        return true
    }
}

extension RegexNode {
    /// Whether it can match no character at all.
    var mayBeEmpty: Bool {
        switch self {
        case .set: false
        case .sequence(let nodes): nodes.allSatisfy(\.mayBeEmpty)
        case .alternation(let nodes): nodes.contains(where: \.mayBeEmpty)
        case .repetition(let node, let least, _, _): least == 0 || node.mayBeEmpty
        case .look, .assertion: true
        }
    }
}
