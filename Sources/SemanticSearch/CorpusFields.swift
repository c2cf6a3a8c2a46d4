internal import EmbeddingStore
internal import JSON
internal import Records

/// Under which names a corpus keeps what a document is made of.
///
/// Where no name is given, the first alias that a record has is taken. All other fields stay with
/// the document as they are.
public struct CorpusFields: Sendable {
    public var id: String?
    public var question: String?
    public var alternates: String?
    public var answer: String?

    static let idAliases = ["id", "_id", "doc_id", "docid", "key", "番号"]
    static let questionAliases = ["question", "query", "q", "text", "title", "質問", "問い合わせ"]
    static let alternatesAliases = ["alternates", "alternatives", "paraphrases", "variants", "言い換え"]
    static let answerAliases = ["answer", "a", "response", "reply", "回答", "答え"]

    public init(
        id: String? = nil, question: String? = nil, alternates: String? = nil, answer: String? = nil
    ) {
        self.id = id
        self.question = question
        self.alternates = alternates
        self.answer = answer
    }
}

extension CorpusFields {
    /// The document of a record, or why there is none.
    ///
    /// - Parameter number: the record's place in the corpus from 1, its id where it has none.
    func document(_ fields: JSONObject, number: Int) throws(FieldError) -> Document {
        var rest = fields
        func take(_ name: String?, _ aliases: [String]) -> (name: String, value: JSONValue)? {
            for name in name.map({ [$0] }) ?? aliases {
                guard let value = fields[name] else { continue }
                rest.members.removeAll { $0.key.utf8.elementsEqual(name.utf8) }
                return (name, value)
            }
            return nil
        }
        func missing(_ what: String, _ name: String?, _ aliases: [String]) -> FieldError {
            let expected = name.map { "\"\($0)\"" } ?? aliases.map { "\"\($0)\"" }.joined(separator: ", ")
            return FieldError(
                "no field for the \(what) (\(expected)); there are: "
                    + fields.keys.map { "\"\($0)\"" }.joined(separator: ", ")
                    + "; name it with --\(what)-field")
        }

        guard let question = take(question, Self.questionAliases) else {
            throw missing("question", question, Self.questionAliases)
        }
        guard let questionText = question.value.string else {
            throw FieldError(
                "the field \"\(question.name)\" is \(question.value.kind), expected a string")
        }
        guard questionText.utf8.contains(where: { $0 > 0x20 }) else {
            throw FieldError("the field \"\(question.name)\" is empty")
        }
        let idText: String
        if let id = take(id, Self.idAliases) {
            switch id.value {
            case .string(let text) where !text.isEmpty: idText = text
            case .integer(let number): idText = String(number)
            default:
                throw FieldError(
                    "the field \"\(id.name)\" is \(id.value == "" ? "empty" : id.value.kind), "
                        + "expected a string or a whole number")
            }
        } else if id != nil {
            throw missing("id", id, Self.idAliases)
        } else {
            idText = String(number)
        }
        let alternates = try take(alternates, Self.alternatesAliases)
            .map { (name, value) throws(FieldError) in try Self.texts(value, of: name) } ?? []
        var answerText: String?
        if let answer = take(answer, Self.answerAliases), !answer.value.isNull {
            guard let text = answer.value.string else {
                throw FieldError(
                    "the field \"\(answer.name)\" is \(answer.value.kind), expected a string")
            }
            answerText = text
        }
        return Document(
            id: idText, question: questionText, alternates: alternates, answer: answerText,
            fields: rest)
    }

    /// A list of strings; or one string, which in a table holds a JSON list, or texts separated by
    /// line breaks or |.
    private static func texts(_ value: JSONValue, of name: String) throws(FieldError) -> [String] {
        func refuse() -> FieldError {
            FieldError("the field \"\(name)\" is not a string or a list of strings")
        }
        switch value {
        case .null: return []
        case .array(let elements):
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count else { throw refuse() }
            return texts.filter { $0.utf8.contains { $0 > 0x20 } }
        case .string(let text):
            if text.first == "[" {
                guard case .success(let list) = Result(catching: { try JSONValue(parsing: text) })
                else { throw refuse() }
                return try texts(list, of: name)
            }
            return text.split { $0 == "|" || $0.isNewline }
                .map { String($0.trimmingSpaces) }.filter { !$0.isEmpty }
        default: throw refuse()
        }
    }
}

/// What is wrong with a record's fields, without its place.
struct FieldError: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        let head = drop { $0 == " " || $0 == "\t" }
        return head[..<(head.lastIndex { $0 != " " && $0 != "\t" }.map(head.index(after:)) ?? head.startIndex)]
    }
}
