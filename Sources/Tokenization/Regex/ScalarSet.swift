/// A set of scalars that a regular expression names: ranges, general categories, and unions and
/// complements of these.
struct ScalarSet: Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]
    /// General categories, a bit each.
    private(set) var categories: UInt32
    /// Sets whose members are members too.
    private(set) var parts: [ScalarSet]
    /// Whether the members are those that all this does not hold.
    private(set) var isComplement: Bool

    /// ASCII members.
    private var ascii: (UInt64, UInt64) = (0, 0)
    /// The categories whose scalars are members, outside of `exceptions` and of ASCII.
    private var rest: UInt32 = 0
    /// Where members are not told by their category alone.
    private var exceptions: [ClosedRange<UInt32>] = []

    init(
        ranges: [ClosedRange<UInt32>] = [], categories: UInt32 = 0, parts: [ScalarSet] = [],
        isComplement: Bool = false
    ) {
        self.ranges = ranges
        self.categories = categories
        self.parts = parts
        self.isComplement = isComplement
        for scalar: UInt32 in 0..<64 {
            if holds(scalar) { ascii.0 |= 1 << UInt64(scalar) }
            if holds(scalar + 64) { ascii.1 |= 1 << UInt64(scalar) }
        }
        for bit: UInt32 in 0..<32 where holdsCategory(1 << bit) { rest |= 1 << bit }
        exceptions = allRanges.filter { $0.upperBound >= 0x80 }
    }

    init(_ scalar: UInt32) { self.init(ranges: [scalar...scalar]) }

    var complement: ScalarSet {
        ScalarSet(
            ranges: ranges, categories: categories, parts: parts, isComplement: !isComplement)
    }

    /// The members below 64, and those from 64 to 127.
    var asciiMembers: (UInt64, UInt64) { ascii }

    /// Whether there may be members outside of ASCII.
    var reachesBeyondASCII: Bool { rest != 0 || !exceptions.isEmpty }

    @inline(__always)
    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 0x40 { return ascii.0 >> UInt64(scalar) & 1 != 0 }
        if scalar < 0x80 { return ascii.1 >> UInt64(scalar - 0x40) & 1 != 0 }
        return containsBeyondASCII(scalar)
    }

    private func containsBeyondASCII(_ scalar: UInt32) -> Bool {
        for range in exceptions where range.contains(scalar) { return holds(scalar) }
        return rest & GeneralCategories.shared.bit(of: scalar) != 0
    }

    private func holds(_ scalar: UInt32) -> Bool {
        let isNamed =
            categories & GeneralCategories.shared.bit(of: scalar) != 0
            || ranges.contains { $0.contains(scalar) } || parts.contains { $0.holds(scalar) }
        return isNamed != isComplement
    }

    /// Whether scalars of a category are members that no range names.
    private func holdsCategory(_ bit: UInt32) -> Bool {
        (categories & bit != 0 || parts.contains { $0.holdsCategory(bit) }) != isComplement
    }

    private var allRanges: [ClosedRange<UInt32>] { ranges + parts.flatMap(\.allRanges) }
}

extension ScalarSet {
    /// `\s`
    static let whiteSpace = ScalarSet(
        ranges: [0x09...0x0D, 0x85...0x85], categories: GeneralCategories.mask("Z"))

    /// `\d`
    static let digits = ScalarSet(categories: GeneralCategories.mask("Nd"))

    /// `\w`: with letters in circles and squares, and the numbers of Latin-1 that Oniguruma takes in.
    static let word = ScalarSet(
        ranges: [
            0xB2...0xB3, 0xB9...0xB9, 0xBC...0xBE, 0x24B6...0x24E9, 0x1F130...0x1F149,
            0x1F150...0x1F169, 0x1F170...0x1F189,
        ], categories: GeneralCategories.mask("L", "M", "Nd", "Nl", "Pc"))

    /// `.` with the option `m`
    static let all = ScalarSet(isComplement: true)

    /// `.`
    static let allButLineFeed = ScalarSet(0x0A).complement

    /// A scalar and what it equals without regard to case; nil when that cannot be told: only letters
    /// of ASCII have their other cases here.
    static func ignoringCase(_ scalar: UInt32) -> ScalarSet? {
        guard scalar < 0x80 else {
            let isCased = GeneralCategories.shared.bit(of: scalar) & GeneralCategories.mask("L") != 0
            return isCased ? nil : ScalarSet(scalar)
        }
        let lower = scalar | 0x20
        guard (0x61...0x7A).contains(lower) else { return ScalarSet(scalar) }
        var cases = [lower...lower, (lower ^ 0x20)...(lower ^ 0x20)]
        // The long s and the sign of Kelvin.
        if lower == 0x73 { cases.append(0x17F...0x17F) }
        if lower == 0x6B { cases.append(0x212A...0x212A) }
        return ScalarSet(ranges: cases)
    }
}
