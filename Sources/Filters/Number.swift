internal import JSON

/// A number as JSON has it.
enum Number: Sendable {
    case integer(Int)
    case double(Double)

    /// The number that a text as a whole is in JSON, without white space; nil for any other text.
    init?(json text: String) {
        // Most strings are not numbers and are not to be parsed.
        guard let first = text.utf8.first, let last = text.utf8.last,
            first == UInt8(ascii: "-") || Self.isDigit(first), Self.isDigit(last)
        else { return nil }
        switch try? JSONValue(parsing: text) {
        case .integer(let value)?: self = .integer(value)
        case .number(let value)?: self = .double(value)
        default: return nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// How this number stands to another, exactly; nil when one is not a number.
    func order(to other: Number) -> Order? {
        switch (self, other) {
        case (.integer(let a), .integer(let b)): Self.order(a, b)
        case (.double(let a), .double(let b)): a.isNaN || b.isNaN ? nil : Self.order(a, b)
        case (.integer(let a), .double(let b)): Self.order(a, to: b)
        case (.double(let a), .integer(let b)): Self.order(b, to: a).map(\.reversed)
        }
    }

    private static func order<Value: Comparable>(_ a: Value, _ b: Value) -> Order {
        a == b ? .equal : a < b ? .less : .greater
    }

    /// Without rounding the integer, of which a Double keeps 53 bits.
    private static func order(_ integer: Int, to double: Double) -> Order? {
        if double.isNaN { return nil }
        // -2⁶³ and 2⁶³ are Doubles, so whatever lies between them has a whole part that is an Int.
        if double >= 0x1p63 { return .less }
        if double < -0x1p63 { return .greater }
        let whole = double.rounded(.towardZero)
        let order = Self.order(integer, Int(whole))
        return order == .equal ? Self.order(whole, double) : order
    }
}

extension Order {
    /// How the other stands to this one.
    var reversed: Order {
        switch self {
        case .less: .greater
        case .equal: .equal
        case .greater: .less
        }
    }
}
