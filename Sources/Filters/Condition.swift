internal import JSON

/// What a filter asks of the fields of a document.
indirect enum Condition: Sendable {
    case all([Condition])
    case any([Condition])
    case field(String, Comparison)
    /// The negation of a comparison: holds also where the field is missing.
    case notField(String, Comparison)

    func holds(for fields: JSONObject) -> Bool {
        switch self {
        case .all(let conditions): conditions.allSatisfy { $0.holds(for: fields) }
        case .any(let conditions): conditions.contains { $0.holds(for: fields) }
        case .field(let name, let comparison): Self.holds(comparison, for: fields[name])
        case .notField(let name, let comparison): !Self.holds(comparison, for: fields[name])
        }
    }

    /// Whether a comparison holds for a value, or for an element of a list.
    private static func holds(_ comparison: Comparison, for value: JSONValue?) -> Bool {
        switch value {
        case nil: false
        case .array(let elements)?: elements.contains { comparison.holds(for: $0) }
        case let value?: comparison.holds(for: value)
        }
    }

    /// The names of all fields in it.
    var fields: Set<String> {
        switch self {
        case .all(let conditions), .any(let conditions):
            conditions.reduce(into: []) { $0.formUnion($1.fields) }
        case .field(let name, _), .notField(let name, _): [name]
        }
    }
}
