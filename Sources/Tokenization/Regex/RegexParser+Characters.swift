/// Escapes and classes: what stands for one character of several.
extension RegexParser {
    mutating func escape() throws(RegexError) -> RegexNode {
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
        guard take("}") else { throw RegexError(reason: "a property's name is not closed") }
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

    /// `[…]`, after the opening bracket.
    mutating func `class`() throws(RegexError) -> ScalarSet {
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
}
