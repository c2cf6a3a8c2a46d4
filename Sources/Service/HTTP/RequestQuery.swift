internal import Hummingbird

/// The parameters behind a URL's question mark.
struct RequestQuery {
    private let parameters: [(name: String, value: String)]

    /// - Throws: `APIError` for a percent-encoding that is broken, and for a parameter given twice or
    ///   not among `known`.
    init(_ request: Request, known: [String]) throws {
        var parameters: [(name: String, value: String)] = []
        for part in (request.uri.query ?? "").split(separator: "&") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = sides[0].decodedFromURL(plusIsSpace: true),
                let value = (sides.count > 1 ? sides[1] : "").decodedFromURL(plusIsSpace: true)
            else { throw APIError.invalid(nil, "the URL's query is not percent-encoded UTF-8") }
            guard known.contains(name) else {
                throw APIError.invalid(
                    name, "unknown parameter \"\(name)\"; known are \(known.joined(separator: ", "))")
            }
            guard !parameters.contains(where: { $0.name == name }) else {
                throw APIError.invalid(name, "the parameter \(name) is given twice")
            }
            parameters.append((name, value))
        }
        self.parameters = parameters
    }

    subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// A parameter that is a number.
    func number<Number: LosslessStringConvertible>(_ name: String, _: Number.Type) throws -> Number? {
        guard let text = self[name] else { return nil }
        guard let number = Number(text) else {
            throw APIError.invalid(name, "\(name) is \"\(text)\", expected a number")
        }
        return number
    }

    /// A parameter that is "true" or "false".
    func flag(_ name: String) throws -> Bool {
        switch self[name] {
        case nil, "false": return false
        case "true", "": return true
        case let text?: throw APIError.invalid(name, "\(name) is \"\(text)\", expected true or false")
        }
    }
}
