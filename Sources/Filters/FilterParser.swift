internal import JSON

/// Reads the JSON of a filter.
///
/// Along with each value goes its path, the numbers of the members and elements that lead to it, so
/// that an error can say where it stands, which the value itself does not know.
struct FilterParser {
    let text: String

    private static let operators = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin"]
    private static let connectives = ["$and", "$or"]

    func parse() throws(FilterError) -> Condition {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: text)
        } catch {
            throw FilterError(at: offset(of: error), in: text, reason: error.reason)
        }
        return try condition(value, [])
    }

    /// The condition of an object of fields and connectives.
    private func condition(_ value: JSONValue, _ path: [Int]) throws(FilterError) -> Condition {
        guard let object = value.object else {
            throw error(
                .value, path,
                "\(value.kind) where an object of fields should be, such as {\"category\": \"billing\"}")
        }
        var conditions: [Condition] = []
        for (index, member) in object.members.enumerated() {
            conditions.append(try condition(member, path + [index]))
        }
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    private func condition(
        _ member: (key: String, value: JSONValue), _ path: [Int]
    ) throws(FilterError) -> Condition {
        switch member.key {
        case "$and": return .all(try conditions(member, path))
        case "$or": return .any(try conditions(member, path))
        case let key where Self.operators.contains(key):
            throw error(
                .key, path, "\(key) without a field; write {\"field\": {\"\(key)\": …}}")
        case let key where key.utf8.first == UInt8(ascii: "$"):
            throw error(
                .key, path,
                "unknown operator \"\(key)\"; known here are \(Self.connectives.joined(separator: ", "))")
        default: return try comparisons(member, path)
        }
    }

    /// The conditions in the list of a connective.
    private func conditions(
        _ member: (key: String, value: JSONValue), _ path: [Int]
    ) throws(FilterError) -> [Condition] {
        guard let elements = member.value.array else {
            throw error(
                .value, path, "\(member.value.kind) where \(member.key) takes a list of objects")
        }
        guard !elements.isEmpty else {
            throw error(.value, path, "an empty list where \(member.key) takes at least one object")
        }
        var conditions: [Condition] = []
        for (index, element) in elements.enumerated() {
            conditions.append(try condition(element, path + [index]))
        }
        return conditions
    }

    /// What is asked of one field.
    private func comparisons(
        _ field: (key: String, value: JSONValue), _ path: [Int]
    ) throws(FilterError) -> Condition {
        guard case .object(let object) = field.value else {
            if case .array = field.value {
                throw error(
                    .value, path, "an array where a value should be; one of several is {\"$in\": […]}")
            }
            return .field(field.key, .equals([try operand(field.value, path)]))
        }
        guard !object.members.isEmpty else {
            throw error(
                .value, path,
                "an empty object where an operator should be; known are "
                    + Self.operators.joined(separator: ", "))
        }
        var conditions: [Condition] = []
        for (index, member) in object.members.enumerated() {
            conditions.append(try comparison(field.key, member, path + [index]))
        }
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    private func comparison(
        _ field: String, _ member: (key: String, value: JSONValue), _ path: [Int]
    ) throws(FilterError) -> Condition {
        let value = member.value
        switch member.key {
        case "$eq": return .field(field, .equals([try operand(value, path)]))
        case "$ne": return .notField(field, .equals([try operand(value, path)]))
        case "$in": return .field(field, .equals(try operands(member, path)))
        case "$nin": return .notField(field, .equals(try operands(member, path)))
        case "$gt": return .field(field, .greater(try orderedOperand(member, path)))
        case "$gte": return .field(field, .greaterOrEqual(try orderedOperand(member, path)))
        case "$lt": return .field(field, .less(try orderedOperand(member, path)))
        case "$lte": return .field(field, .lessOrEqual(try orderedOperand(member, path)))
        default:
            throw error(
                .key, path,
                "unknown operator \"\(member.key)\"; known are "
                    + Self.operators.joined(separator: ", "))
        }
    }

    private func operands(
        _ member: (key: String, value: JSONValue), _ path: [Int]
    ) throws(FilterError) -> [Operand] {
        guard let elements = member.value.array else {
            throw error(
                .value, path, "\(member.value.kind) where \(member.key) takes a list of values")
        }
        var operands: [Operand] = []
        for (index, element) in elements.enumerated() {
            operands.append(try operand(element, path + [index]))
        }
        return operands
    }

    private func orderedOperand(
        _ member: (key: String, value: JSONValue), _ path: [Int]
    ) throws(FilterError) -> Operand {
        switch member.value {
        case .string, .integer, .number: return try operand(member.value, path)
        default:
            throw error(
                .value, path, "\(member.value.kind) where \(member.key) takes a string or a number")
        }
    }

    private func operand(_ value: JSONValue, _ path: [Int]) throws(FilterError) -> Operand {
        switch value {
        case .bool(let value): return .bool(value)
        case .integer(let value): return .number(.integer(value))
        case .number(let value): return .number(.double(value))
        case .string(let value): return .string(value)
        case .null, .array, .object:
            throw error(
                .value, path, "\(value.kind) where a string, a number, true or false should be")
        }
    }

    private func error(
        _ part: JSONLocator.Part, _ path: [Int], _ reason: String
    ) -> FilterError {
        FilterError(
            at: JSONLocator.offset(of: part, at: path, in: text), in: text, reason: reason)
    }

    /// Where in the text's UTF-8 an error of its syntax is.
    private func offset(of error: JSONError) -> Int {
        let lines = text.utf8.split(
            separator: 0x0A, maxSplits: error.line - 1, omittingEmptySubsequences: false)
        let lineStart = lines.last.map { text.utf8.distance(from: text.startIndex, to: $0.startIndex) }
        return (lineStart ?? 0) + error.column - 1
    }
}
