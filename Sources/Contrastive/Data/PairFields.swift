internal import JSON
package import Records

/// Under which names a file of pairs keeps what a pair is made of. Where no name is given, the first
/// alias that a record has is taken.
package struct PairFields: Sendable, Equatable {
    package var query: String?
    package var positive: String?
    package var positiveID: String?
    package var label: String?
    package var score: String?

    package init(
        query: String? = nil, positive: String? = nil, positiveID: String? = nil,
        label: String? = nil, score: String? = nil
    ) {
        self.query = query
        self.positive = positive
        self.positiveID = positiveID
        self.label = label
        self.score = score
    }

    static let queryAliases = ["query", "anchor", "sentence1", "text_a", "question", "質問"]
    static let positiveAliases = ["positive", "passage", "sentence2", "text_b", "answer", "回答"]
    /// The last is how the service's feedback calls what helped.
    static let positiveIDAliases = ["positive_id", "positive_ids", "docid", "doc_id", "chosen"]
    static let labelAliases = ["label"]
    /// The column of a `ReviewSheet` that a person fills in.
    static let markField = "correct"
    static let scoreAliases = ["score", "similarity"]
}

/// A record of a file of pairs, before ids are looked up.
package struct RawPair: Sendable {
    var query: String
    /// Texts that are correct.
    var positives: [String] = []
    /// Ids of documents that are correct.
    var positiveIDs: [String] = []
    var negatives: [String] = []
    var label: Float?
    var score: Double?
    var path: String
    var line: Int
}

extension PairFields {
    /// The pair of a record; nil for a row of a sheet that nobody has marked, and for a line of feedback
    /// that says that nothing helped, which tells no answer.
    ///
    /// - Throws: `RecordError` with the line and the fields that there are.
    func pair(_ record: Record, path: String) throws(RecordError) -> RawPair? {
        let fields = record.fields
        func refuse(_ reason: String) -> RecordError {
            RecordError(path: path, line: record.line, reason: reason)
        }
        func find(_ name: String?, _ aliases: [String]) -> (name: String, value: JSONValue)? {
            for name in name.map({ [$0] }) ?? aliases {
                if let value = fields[name], !value.isNull { return (name, value) }
            }
            return nil
        }
        func missing(_ what: String, _ names: [String]) -> RecordError {
            refuse(
                "no field for the \(what) (\(names.map { "\"\($0)\"" }.joined(separator: ", "))); "
                    + "there are: \(fields.keys.map { "\"\($0)\"" }.joined(separator: ", "))")
        }
        func text(_ field: (name: String, value: JSONValue)) throws(RecordError) -> String {
            guard let text = field.value.string else {
                throw refuse("the field \"\(field.name)\" is \(field.value.kind), expected a string")
            }
            return text
        }
        func texts(_ field: (name: String, value: JSONValue)) throws(RecordError) -> [String] {
            guard let elements = field.value.array else {
                return try text(field).isEmpty ? [] : [text(field)]
            }
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count else {
                throw refuse("the field \"\(field.name)\" is not a list of strings")
            }
            return texts
        }

        if fields["helped"]?.bool == false, fields["chosen"] == nil { return nil }
        guard let query = find(query, Self.queryAliases) else {
            throw missing("query", self.query.map { [$0] } ?? Self.queryAliases)
        }
        var pair = RawPair(query: try text(query), path: path, line: record.line)
        // Both may be there; which one counts is decided when it is known whether there is a corpus.
        if let id = find(positiveID, Self.positiveIDAliases), self.positive == nil || positiveID != nil {
            pair.positiveIDs = try ids(id, refuse: refuse)
        }
        if let positive = find(positive, Self.positiveAliases.filter { $0 != query.name }) {
            pair.positives = try texts(positive)
        }
        guard !pair.positives.isEmpty || !pair.positiveIDs.isEmpty else {
            throw missing(
                "positive",
                self.positive.map { [$0] } ?? Self.positiveAliases + Self.positiveIDAliases)
        }
        for (name, value) in fields.members where Self.isNegative(name) && !value.isNull {
            pair.negatives += try texts((name, value))
        }
        if let field = find(label, Self.labelAliases) {
            guard let number = number(field.value), number == 0 || number == 1 else {
                throw refuse(
                    "the field \"\(field.name)\" is \(field.value), expected 0 or 1; name a field of "
                        + "graded similarity with --score-field")
            }
            pair.label = Float(number)
        }
        if let field = find(nil, [Self.markField]), label == nil {
            guard let mark = Self.mark(field.value.string ?? field.value.description)
            else {
                throw refuse(
                    "the field \"\(field.name)\" is \(field.value), expected yes or no, or nothing")
            }
            guard let label = mark else { return nil }
            // The sheet's scores are the model's own, not a person's.
            pair.label = label
            return pair
        }
        if let field = find(score, Self.scoreAliases) {
            guard let number = number(field.value), number.isFinite else {
                throw refuse("the field \"\(field.name)\" is \(field.value), expected a finite number")
            }
            pair.score = number
        }
        return pair
    }

    /// What a person's mark means: 1, 0, or nothing for an empty cell. Nil for anything else.
    private static func mark(_ text: String) -> Float?? {
        switch text.lowercased().filter({ !$0.isWhitespace }) {
        case "": .some(nil)
        case "yes", "y", "1", "1.0", "true", "right", "ok", "はい", "○", "〇": 1
        case "no", "n", "0", "0.0", "false", "wrong", "いいえ", "×", "x": 0
        default: nil
        }
    }

    /// `negative`, `negatives`, `negative_1` and so on.
    private static func isNegative(_ name: String) -> Bool {
        if name == "negative" || name == "negatives" { return true }
        return name.hasPrefix("negative_") && name.dropFirst(9).allSatisfy(\.isWholeNumber)
    }

    private func ids(
        _ field: (name: String, value: JSONValue), refuse: (String) -> RecordError
    ) throws(RecordError) -> [String] {
        var ids: [String] = []
        for value in field.value.array ?? [field.value] {
            switch value {
            case .string(let text) where !text.isEmpty: ids.append(text)
            case .integer(let number): ids.append(String(number))
            default:
                throw refuse(
                    "the field \"\(field.name)\" is \(field.value), expected an id or a list of ids")
            }
        }
        return ids
    }

    /// A number, in a table written as text.
    private func number(_ value: JSONValue) -> Double? {
        value.double ?? value.string.flatMap(Double.init)
    }
}
