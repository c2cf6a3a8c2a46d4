import JSON

/// A value of `tokenizer.json` that knows where it stands, so that errors can say so.
struct Field {
    let path: String
    /// `model.vocab`, `added_tokens[3].id`; empty for the whole file.
    let name: String
    let value: JSONValue
    /// The tables that a compiled tokenizer has beside what `value` is part of; nil when that is a
    /// file that was read.
    let compiled: CompiledSections?

    init(path: String, name: String, value: JSONValue, compiled: CompiledSections?) {
        self.path = path
        self.name = name
        self.value = value
        self.compiled = compiled
    }

    /// The largest id that is accepted, to bound what a broken file can make us allocate.
    static let largestID = 1 << 24

    func error(_ reason: String, kind: TokenizerError.Kind = .invalid) -> TokenizerError {
        TokenizerError(kind: kind, path: path, field: name, reason: reason)
    }

    /// The member of an object, or an error when it is not there.
    func member(_ key: String) throws(TokenizerError) -> Field {
        guard let member = try optionalMember(key, null: true) else {
            throw child(key, .null).error("missing")
        }
        return member
    }

    /// The member of an object, or nil when it is not there or, unless `null` is wanted, null.
    func optionalMember(_ key: String, null: Bool = false) throws(TokenizerError) -> Field? {
        guard let object = value.object else { throw mismatch("an object") }
        guard let member = object[key], null || !member.isNull else { return nil }
        return child(key, member)
    }

    func members() throws(TokenizerError) -> [(key: String, value: JSONValue)] {
        guard let object = value.object else { throw mismatch("an object") }
        return object.members
    }

    /// The members of an object as fields, in order.
    func memberFields() throws(TokenizerError) -> [(key: String, field: Field)] {
        try members().map { key, value in
            (key, child(key, value))
        }
    }

    func elements() throws(TokenizerError) -> [Field] {
        guard let array = value.array else { throw mismatch("an array") }
        return array.enumerated().map { index, element in
            Field(path: path, name: "\(name)[\(index)]", value: element, compiled: compiled)
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

    /// A whole number or a fraction.
    func number() throws(TokenizerError) -> Double {
        guard let number = value.double else { throw mismatch("a number") }
        return number
    }

    /// A string that is one scalar.
    func scalar() throws(TokenizerError) -> UInt32 {
        let scalars = try string().unicodeScalars
        guard let scalar = scalars.first, scalars.count == 1 else {
            throw error("should be one character, not \"\(try string())\"")
        }
        return scalar.value
    }

    /// One of the cases that have names in the file.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ type: Choice.Type
    ) throws(TokenizerError) -> Choice {
        let name = try string()
        guard let choice = Choice(rawValue: name) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("\"\(name)\" is not known; known are \(known)", kind: .unsupported)
        }
        return choice
    }

    /// A token id or a token type id.
    func id() throws(TokenizerError) -> Int32 {
        Int32(try integer(upTo: Self.largestID))
    }

    /// The id that a vocabulary gives to a token.
    func id(of token: String, _ value: JSONValue) throws(TokenizerError) -> Int32 {
        if let id = value.integer, (0...Self.largestID).contains(id) { return Int32(id) }
        return try Field(path: path, name: "\(name)[\"\(token)\"]", value: value, compiled: nil).id()
    }

    /// The name of a stage: its member `type`.
    func stage() throws(TokenizerError) -> String {
        try member("type").string()
    }

    /// What a stage says whose `type` is none of those that are known.
    func unknownStage(_ type: String, known: [String]) -> TokenizerError {
        child("type", .null).error(
            "\"\(type)\" is not known; known are \(known.joined(separator: ", "))",
            kind: .unsupported)
    }

    func mismatch(_ expected: String) -> TokenizerError {
        let found = value.integer.map(String.init) ?? value.kind
        return error("should be \(expected), not \(found)")
    }

    private func child(_ key: String, _ value: JSONValue) -> Field {
        Field(
            path: path, name: name.isEmpty ? key : "\(name).\(key)", value: value,
            compiled: compiled)
    }
}
