/// Reads the regular expressions of tokenizers, in the syntax of Oniguruma as Hugging Face's
/// tokenizers have it: characters, classes, properties, alternatives, groups, repetitions, conditions.
///
/// What is beyond that is refused by name, never approximated: back references, atomic groups, posix
/// brackets, intersections, conditions of unlimited length, repetitions of what may be empty.
struct RegexParser {
    private let scalars: [UInt32]
    private var position = 0
    private var options = Options()
    private var depth = 0

    private struct Options {
        var ignoresCase = false
        var dotMatchesLineFeed = false
    }

    private static let ligatures = ["ff", "fi", "fl", "ss", "st"]

    /// How deep groups may be nested.
    private static let maximumDepth = 50
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

    private func literal(_ scalar: UInt32) throws(RegexError) -> RegexNode {
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
            while let next = peek(), next != ">" { position += 1 }
            position += 1
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

    // MARK: Escapes

    private mutating func escape() throws(RegexError) -> RegexNode {
        guard let next = peek() else { throw RegexError(reason: "a backslash escapes nothing") }
        switch next {
        case "A": return assertion(.textStart)
        case "z": return assertion(.textEnd)
        case "Z": return assertion(.textEndOrLastLineFeed)
        case "b": return assertion(.wordBoundary)
        case "B": return assertion(.notWordBoundary)
        default: break
        }
        if let set = try setEscape() { return .set(set) }
        return try literal(try characterEscape())
    }

    private mutating func assertion(_ assertion: RegexAssertion) -> RegexNode {
        position += 1
        return .assertion(assertion)
    }

    /// `\s`, `\p{L}` and the like, after the backslash; nil when it is a character's.
    private mutating func setEscape() throws(RegexError) -> ScalarSet? {
        guard let next = peek() else { return nil }
        let set: ScalarSet
        switch next {
        case "s": set = .whiteSpace
        case "S": set = ScalarSet.whiteSpace.complement
        case "d": set = .digits
        case "D": set = ScalarSet.digits.complement
        case "w": set = .word
        case "W": set = ScalarSet.word.complement
        case "p", "P":
            position += 1
            return try property(isComplement: next == "P")
        default: return nil
        }
        position += 1
        return set
    }

    private mutating func property(isComplement: Bool) throws(RegexError) -> ScalarSet {
        guard take("{") else { throw RegexError(reason: "a property has no name in braces") }
        var isComplement = isComplement
        if take("^") { isComplement.toggle() }
        var name = String.UnicodeScalarView()
        while let next = peek(), next != "}" {
            name.append(next)
            position += 1
        }
        position += 1
        let categories = GeneralCategories.mask(String(name))
        guard categories != 0, (1...2).contains(name.count) else {
            throw RegexError(
                reason: "the property \"\(String(name))\" is not supported; general categories are")
        }
        if options.ignoresCase, name.count == 2, name.first == "L" {
            throw RegexError(reason: "the option i is not supported for \\p{\(String(name))}")
        }
        let set = ScalarSet(categories: categories)
        return isComplement ? set.complement : set
    }

    /// A character after the backslash.
    private mutating func characterEscape() throws(RegexError) -> UInt32 {
        guard let next = peek() else { throw RegexError(reason: "a backslash escapes nothing") }
        position += 1
        switch next {
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "f": return 0x0C
        case "v": return 0x0B
        case "a": return 0x07
        case "e": return 0x1B
        case "u": return try hexadecimal(digits: 4)
        case "x":
            guard take("{") else { return try hexadecimal(digits: 2) }
            let value = try hexadecimal(digits: nil)
            guard take("}") else { throw RegexError(reason: "\\x{…} is not closed") }
            return value
        case "a"..."z", "A"..."Z", "0"..."9":
            throw RegexError(reason: "\\\(next) is not supported")
        default: return next.value
        }
    }

    /// - Parameter digits: how many there are, or nil for as many as there are.
    private mutating func hexadecimal(digits: Int?) throws(RegexError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < digits ?? 8, let next = peek(), let digit = Character(next).hexDigitValue {
            value = value << 4 | UInt32(digit)
            count += 1
            position += 1
        }
        guard count == digits ?? count, count > 0, let scalar = Unicode.Scalar(value) else {
            throw RegexError(reason: "an escape should be of a character's hexadecimal digits")
        }
        return scalar.value
    }

    // MARK: Classes

    /// `[…]`, after the opening bracket.
    private mutating func `class`() throws(RegexError) -> ScalarSet {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.maximumDepth {
            throw RegexError(reason: "classes are nested deeper than \(Self.maximumDepth)")
        }
        let isComplement = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var parts: [ScalarSet] = []
        var isFirst = true
        while true {
            guard let next = peek() else { throw RegexError(reason: "a class is not closed") }
            position += 1
            if next == "]" {
                if isFirst { throw RegexError(reason: "a class is empty") }
                break
            }
            isFirst = false
            if next == "[" {
                if peek() == ":" { throw RegexError(reason: "posix brackets are not supported") }
                parts.append(try self.class())
            } else if next == "&", peek() == "&" {
                throw RegexError(reason: "intersections of classes are not supported")
            } else if next == "\\", let set = try setEscape() {
                parts.append(set)
            } else {
                let first = next == "\\" ? try classEscape() : next.value
                let last = try rangeEnd() ?? first
                guard first <= last else { throw RegexError(reason: "a range of a class is empty") }
                ranges.append(first...last)
            }
        }
        if options.ignoresCase { ranges = try Self.ignoringCase(ranges) }
        return ScalarSet(ranges: ranges, parts: parts, isComplement: isComplement)
    }

    private mutating func classEscape() throws(RegexError) -> UInt32 {
        // In a class, \b is the backspace.
        if take("b") { return 0x08 }
        return try characterEscape()
    }

    /// What a range of a class goes to, or nil when there is no range.
    private mutating func rangeEnd() throws(RegexError) -> UInt32? {
        guard peek() == "-", position + 1 < scalars.count, scalars[position + 1] != 0x5D else {
            return nil
        }
        position += 1
        guard let next = peek() else { return nil }
        position += 1
        if next == "[" { throw RegexError(reason: "a range of a class has no end") }
        guard next == "\\" else { return next.value }
        if try setEscape() != nil { throw RegexError(reason: "a range of a class has no end") }
        return try classEscape()
    }

    private static func ignoringCase(
        _ ranges: [ClosedRange<UInt32>]
    ) throws(RegexError) -> [ClosedRange<UInt32>] {
        var result = ranges
        for range in ranges {
            let isOneSymbol = range.count == 1 && ScalarSet.ignoringCase(range.lowerBound) != nil
            guard range.upperBound < 0x80 || isOneSymbol else {
                throw RegexError(reason: "the option i is supported for letters of ASCII only")
            }
            for scalar in range where scalar < 0x80 {
                result += ScalarSet.ignoringCase(scalar)?.ranges ?? []
            }
        }
        return result
    }

    // MARK: Reading

    private func peek() -> Unicode.Scalar? {
        position < scalars.count ? Unicode.Scalar(scalars[position]) : nil
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
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
