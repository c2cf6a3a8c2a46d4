import Filters
import JSON
import TestSupport
import Testing

@Suite struct `Of all filters` {
    @Test(arguments: 0..<400 as Range<UInt64>)
    func `the outcome is that of a plain reading of the definition`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let filter = randomFilter(depth: 3, using: &random)
        let parsed = try FieldFilter(parsing: "\(filter)")
        for _ in 0..<20 {
            let fields = randomFields(using: &random)
            #expect(
                parsed.matches(fields) == plainly(filter, fields), "\(filter) on \(JSONValue.object(fields))")
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `negations are the opposite, and lists of one are the value`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let operand = randomScalar(using: &random)
        let other = randomScalar(using: &random)
        func filter(_ name: String, _ operand: JSONValue) throws -> FieldFilter {
            let condition: JSONValue = .object(JSONObject([(key: name, value: operand)]))
            return try FieldFilter(parsing: "\(["a": condition] as JSONValue)")
        }
        for _ in 0..<20 {
            let fields = randomFields(using: &random)
            func holds(_ name: String, _ operand: JSONValue) throws -> Bool {
                try filter(name, operand).matches(fields)
            }
            #expect(try holds("$ne", operand) != holds("$eq", operand))
            #expect(try holds("$nin", [operand, other]) != holds("$in", [operand, other]))
            #expect(try holds("$in", [operand]) == holds("$eq", operand))
            #expect(
                try holds("$in", [operand, other]) == (holds("$eq", operand) || holds("$eq", other)))
            guard operand.bool == nil else { continue }
            #expect(try holds("$gte", operand) == (holds("$gt", operand) || holds("$eq", operand)))
            #expect(try holds("$lte", operand) == (holds("$lt", operand) || holds("$eq", operand)))
        }
    }
}

private let names = ["a", "b", "c"]

private func randomScalar(using random: inout SplitMix64) -> JSONValue {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: .bool(Bool.random(using: &random))
    case 1: .integer(Int.random(in: -2...2, using: &random))
    case 2: .number(Double(Int.random(in: -4...4, using: &random)) / 2)
    case 3: .string(["x", "y", "xy", "", "あ"].randomElement(using: &random) ?? "")
    default: .string(["1", "-2", "0.5", "01", "1 "].randomElement(using: &random) ?? "")
    }
}

private func randomFields(using random: inout SplitMix64) -> JSONObject {
    var fields = JSONObject()
    for name in names {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: break
        case 1: fields[name] = .null
        case 2: fields[name] = ["a": 1]
        case 3, 4:
            let count = Int.random(in: 0...3, using: &random)
            fields[name] = .array((0..<count).map { _ in randomScalar(using: &random) })
        default: fields[name] = randomScalar(using: &random)
        }
    }
    return fields
}

private func randomFilter(depth: Int, using random: inout SplitMix64) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    for _ in 0..<Int.random(in: 0...2, using: &random) {
        if depth > 0, Int.random(in: 0..<3, using: &random) == 0 {
            let count = Int.random(in: 1...3, using: &random)
            members.append(
                (
                    Bool.random(using: &random) ? "$and" : "$or",
                    .array((0..<count).map { _ in randomFilter(depth: depth - 1, using: &random) })
                ))
        } else {
            let name = names.randomElement(using: &random) ?? "a"
            members.append((name, randomComparison(using: &random)))
        }
    }
    return .object(JSONObject(members))
}

private func randomComparison(using random: inout SplitMix64) -> JSONValue {
    if Int.random(in: 0..<4, using: &random) == 0 { return randomScalar(using: &random) }
    var members: [(key: String, value: JSONValue)] = []
    for _ in 0..<Int.random(in: 1...2, using: &random) {
        let operand = randomScalar(using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: members.append((["$eq", "$ne"].randomElement(using: &random) ?? "$eq", operand))
        case 1:
            members.append(
                (
                    ["$in", "$nin"].randomElement(using: &random) ?? "$in",
                    .array([operand, randomScalar(using: &random)])
                ))
        default:
            let name = ["$gt", "$gte", "$lt", "$lte"].randomElement(using: &random) ?? "$gt"
            members.append((name, operand.bool == nil ? operand : 0))
        }
    }
    return .object(JSONObject(members))
}

// MARK: The definition

private func plainly(_ filter: JSONValue, _ fields: JSONObject) -> Bool {
    var holds = true
    for (key, value) in filter.object?.members ?? [] {
        switch key {
        case "$and":
            for element in value.array ?? [] where !plainly(element, fields) { holds = false }
        case "$or":
            var any = false
            for element in value.array ?? [] where plainly(element, fields) { any = true }
            if !any { holds = false }
        default:
            let comparisons = value.object?.members ?? [(key: "$eq", value: value)]
            for (name, operand) in comparisons where !plainly(name, operand, fields[key]) {
                holds = false
            }
        }
    }
    return holds
}

private func plainly(_ name: String, _ operand: JSONValue, _ field: JSONValue?) -> Bool {
    var elements: [JSONValue] = []
    if let list = field?.array { elements = list } else if let field { elements = [field] }
    switch name {
    case "$ne": return !plainly("$eq", operand, field)
    case "$nin": return !plainly("$in", operand, field)
    case "$in": return (operand.array ?? []).contains { plainly("$eq", $0, field) }
    default: break
    }
    return elements.contains { element in
        if let operand = operand.bool { return name == "$eq" && element.bool == operand }
        if let operand = operand.string {
            guard let text = element.string else { return false }
            let (a, b) = (text.unicodeScalars.map(\.value), operand.unicodeScalars.map(\.value))
            return holds(name, equal: a == b, less: a.lexicographicallyPrecedes(b))
        }
        // Here all strings but two are either no numbers or written as JSON does.
        let text = element.string.flatMap { ["01", "1 "].contains($0) ? nil : $0 }
        guard let number = element.double ?? text.flatMap(Double.init), let operand = operand.double
        else { return false }
        return holds(name, equal: number == operand, less: number < operand)
    }
}

private func holds(_ name: String, equal: Bool, less: Bool) -> Bool {
    switch name {
    case "$eq": equal
    case "$gt": !equal && !less
    case "$gte": !less
    case "$lt": less
    default: less || equal
    }
}
