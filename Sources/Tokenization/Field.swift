import JSON

/// A value of `tokenizer.json` that knows where it stands, so that errors can say so.
struct Field {
    let path: String
    /// `model.vocab`, `added_tokens[3].id`; empty for the whole file.
    let name: String
    let value: JSONValue

    /// The largest id that is accepted, to bound what a broken file can make us allocate.
    static let largestID = 1 << 24

    func error(_ reason: String, kind: TokenizerError.Kind = .invalid) -> TokenizerError {
        TokenizerError(kind: kind, path: path, field: name, reason: reason)
    }

    /// The member of an object, or an error when it is not there.
    func member(_ key: String) throws(TokenizerError) -> Field {
        guard let member = try optionalMember(key, null: true) else {
            throw Field(path: path, name: child(key), value: .null).error("missing")
        }
        return member
    }

    /// The member of an object, or nil when it is not there or, unless `null` is wanted, null.
    func optionalMember(_ key: String, null: Bool = false) throws(TokenizerError) -> Field? {
        guard let object = value.object else { throw mismatch("an object") }
        guard let member = object[key], null || !member.isNull else { return nil }
        return Field(path: path, name: child(key), value: member)
    }

    func members() throws(TokenizerError) -> [(key: String, value: JSONValue)] {
        guard let object = value.object else { throw mismatch("an object") }
        return object.members
    }

    /// The members of an object as fields, in order.
    func memberFields() throws(TokenizerError) -> [(key: String, field: Field)] {
        try members().map { key, value in
            (key, Field(path: path, name: child(key), value: value))
        }
    }

    func elements() throws(TokenizerError) -> [Field] {
        guard let array = value.array else { throw mismatch("an array") }
        return array.enumerated().map { index, element in
            Field(path: path, name: "\(name)[\(index)]", value: element)
        }
    }

    func string() throws(TokenizerError) -> String {
        guard let string = value.string else { throw mismatch("a string") }
        return string
    }

    func bool() throws(TokenizerError) -> Bool {
        guard let bool = value.bool else { throw mismatch("true or false") }
        return bool
    }

    /// A whole number from 0 to `limit`.
    func integer(upTo limit: Int) throws(TokenizerError) -> Int {
        guard let integer = value.integer, (0...limit).contains(integer) else {
            throw mismatch("a whole number from 0 to \(limit)")
        }
        return integer
    }

    /// A token id or a token type id.
    func id() throws(TokenizerError) -> Int32 {
        Int32(try integer(upTo: Self.largestID))
    }

    /// The id that a vocabulary gives to a token.
    func id(of token: String, _ value: JSONValue) throws(TokenizerError) -> Int32 {
        if let id = value.integer, (0...Self.largestID).contains(id) { return Int32(id) }
        return try Field(path: path, name: "\(name)[\"\(token)\"]", value: value).id()
    }

    /// The name of a stage: its member `type`.
    func stage() throws(TokenizerError) -> String {
        try member("type").string()
    }

    func unsupportedStage(_ type: String) -> TokenizerError {
        error("the stage \"\(type)\" is not supported", kind: .unsupported)
    }

    private func mismatch(_ expected: String) -> TokenizerError {
        let found = value.integer.map(String.init) ?? value.kind
        return error("should be \(expected), not \(found)")
    }

    private func child(_ key: String) -> String {
        name.isEmpty ? key : "\(name).\(key)"
    }
}
