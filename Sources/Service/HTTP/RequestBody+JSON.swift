internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore

extension Request {
    /// The body, which has to be a JSON object.
    ///
    /// - Parameter limit: the most bytes.
    /// - Throws: `APIError` with 415 for another content type, 413 for a body that is too large, 400 for
    ///   one that is no JSON object.
    func jsonObject(limit: Int) async throws -> JSONObject {
        let type = (headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        guard type.split(separator: " ").joined() == "application/json" else {
            throw APIError(
                .unsupportedMediaType, "unsupported_media_type",
                type.isEmpty
                    ? "the header Content-Type is missing; expected application/json"
                    : "the content type is \(type); expected application/json")
        }
        let tooLarge = APIError(
            .contentTooLarge, "body_too_large", "the body is larger than \(limit) bytes")
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        let bytes: ByteBuffer
        do {
            bytes = try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch {
            // The client has gone, or what it sent is no body as its headers announce one.
            throw APIError(
                .badRequest, "incomplete_body", "the body ended before it was whole", headers: [.connection: "close"])
        }
        let value = try bytes.withUnsafeReadableBytes { raw in
            try raw.withMemoryRebound(to: UInt8.self) { try JSONValue(parsing: $0) }
        }
        guard let object = value.object else {
            throw APIError.invalid(nil, "the body is \(value.kind), expected an object")
        }
        return object
    }
}

extension JSONObject {
    /// - Throws: `APIError` naming a member that is not among `known`, so that a misspelt one is not
    ///   passed over in silence.
    func check(known: [String]) throws {
        guard let other = keys.first(where: { !known.contains($0) }) else { return }
        throw APIError.invalid(
            other, "unknown parameter \"\(other)\"; known are \(known.joined(separator: ", "))")
    }

    /// A member that may be missing or null.
    func optional<Value>(
        _ name: String, _ kind: String, _ read: (JSONValue) -> Value?
    ) throws -> Value? {
        guard let value = self[name], !value.isNull else { return nil }
        guard let result = read(value) else {
            throw APIError.invalid(name, "\(name) is \(value.kind), expected \(kind)")
        }
        return result
    }

    func string(_ name: String) throws -> String? { try optional(name, "a string", \.string) }

    func bool(_ name: String) throws -> Bool? { try optional(name, "true or false", \.bool) }

    func integer(_ name: String) throws -> Int? { try optional(name, "a whole number", \.integer) }

    func strings(_ name: String) throws -> [String]? {
        try optional(name, "a list of strings") { value in
            guard let elements = value.array else { return nil }
            let texts = elements.compactMap(\.string)
            return texts.count == elements.count ? texts : nil
        }
    }
}
