internal import JSON

/// A JSON file of a model folder whose top is an object, and typed access that names the file and
/// the field when something else stands there.
struct JSONFile: Sendable {
    let path: String
    let object: JSONObject

    init(contentsOf path: String) throws(ModelError) {
        let value = try JSONFile.value(contentsOf: path)
        guard let object = value.object else {
            throw ModelError(path, "holds \(value.kind) where an object should be")
        }
        self.path = path
        self.object = object
    }

    static func value(contentsOf path: String) throws(ModelError) -> JSONValue {
        let file = try MappedFile(path)
        do {
            return try JSONValue(parsing: file.bytes)
        } catch {
            throw ModelError(path, "\(error)")
        }
    }

    func refusal(_ reason: String) -> ModelError { ModelError(path, reason) }

    private func wrong(_ field: String, _ expected: String) -> ModelError {
        guard let value = object[field] else { return refusal("\(field) is missing") }
        return refusal("\(field) is \(value), expected \(expected)")
    }

    /// A whole number from 1 to `limit`.
    func size(
        _ field: String, default fallback: Int? = nil, atMost limit: Int = 1 << 24
    ) throws(ModelError) -> Int {
        if object[field] == nil, let fallback { return fallback }
        guard let value = object[field]?.integer, value > 0, value <= limit else {
            throw wrong(field, "a whole number from 1 to \(limit)")
        }
        return value
    }

    func positive(_ field: String, default fallback: Float) throws(ModelError) -> Float {
        guard let value = object[field] else { return fallback }
        guard let number = value.double, number > 0, number < 1 else {
            throw wrong(field, "a number between 0 and 1")
        }
        return Float(number)
    }

    /// A number from 0 to below 1.
    func share(_ field: String, default fallback: Float) throws(ModelError) -> Float {
        guard let value = object[field], !value.isNull else { return fallback }
        guard let number = value.double, number >= 0, number < 1 else {
            throw wrong(field, "a number from 0 to below 1")
        }
        return Float(number)
    }

    func string(_ field: String, default fallback: String) throws(ModelError) -> String {
        guard let value = object[field], !value.isNull else { return fallback }
        guard let string = value.string else { throw wrong(field, "a string") }
        return string
    }

    func bool(_ field: String, default fallback: Bool) throws(ModelError) -> Bool {
        guard let value = object[field], !value.isNull else { return fallback }
        guard let bool = value.bool else { throw wrong(field, "true or false") }
        return bool
    }
}
