internal import JSON

/// A comparison of a value with operands.
enum Comparison: Sendable {
    /// Equals one of these.
    case equals([Operand])
    case greater(Operand)
    case greaterOrEqual(Operand)
    case less(Operand)
    case lessOrEqual(Operand)

    /// Whether it holds for a value that is not a list.
    func holds(for value: JSONValue) -> Bool {
        switch self {
        case .equals(let operands): operands.contains { $0.order(of: value) == .equal }
        case .greater(let operand): operand.order(of: value) == .greater
        case .greaterOrEqual(let operand): [.greater, .equal].contains(operand.order(of: value))
        case .less(let operand): operand.order(of: value) == .less
        case .lessOrEqual(let operand): [.less, .equal].contains(operand.order(of: value))
        }
    }
}

/// What a filter compares with.
enum Operand: Sendable {
    case bool(Bool)
    case number(Number)
    case string(String)

    /// How a value stands to this operand: less, equal or greater.
    ///
    /// - Returns: nil when they cannot be compared; booleans are equal or cannot.
    func order(of value: JSONValue) -> Order? {
        switch (self, value) {
        case (.bool(let operand), .bool(let value)): value == operand ? .equal : nil
        case (.number(let operand), .integer(let value)): Number.integer(value).order(to: operand)
        case (.number(let operand), .number(let value)): Number.double(value).order(to: operand)
        case (.number(let operand), .string(let text)): Number(json: text)?.order(to: operand)
        // The order of UTF-8 is that of the code points.
        case (.string(let operand), .string(let value)):
            if value.utf8.elementsEqual(operand.utf8) {
                .equal
            } else {
                value.utf8.lexicographicallyPrecedes(operand.utf8) ? .less : .greater
            }
        default: nil
        }
    }
}

enum Order {
    case less
    case equal
    case greater
}
