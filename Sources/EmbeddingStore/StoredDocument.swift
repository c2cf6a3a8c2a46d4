public import JSON

/// One entry of an index: a question, other ways to ask it, its answer and what else is known.
public struct StoredDocument: Sendable {
    /// The caller's name for it, compared byte by byte in UTF-8; not empty.
    public var id: String
    public var question: String
    public var alternates: [String]
    public var answer: String?
    public var fields: JSONObject
    /// The parts of the answer that have a vector each, as ranges of its UTF-8 bytes in ascending
    /// order, which may overlap; empty when the answer is not embedded.
    public var answerPassages: [Range<Int>] = []

    public init(
        id: String, question: String, alternates: [String] = [], answer: String? = nil,
        fields: JSONObject = [:]
    ) {
        self.id = id
        self.question = question
        self.alternates = alternates
        self.answer = answer
        self.fields = fields
    }
}

extension StoredDocument: Equatable {
    /// Equal in every byte; Swift's own equality of texts is by canonical equivalence.
    public static func == (a: StoredDocument, b: StoredDocument) -> Bool { a.json == b.json }
}

/// The record in `documents`: an object with the members `id`, `question`, `alternates`, `answer`
/// and `fields`, in this order, and `answer_passages` where there are any.
extension StoredDocument {
    package var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id),
            "question": .string(question),
            "alternates": .array(alternates.map(JSONValue.string)),
            "answer": answer.map(JSONValue.string) ?? .null,
            "fields": .object(fields),
        ]
        if !answerPassages.isEmpty {
            object["answer_passages"] = .array(
                answerPassages.map { [.integer($0.lowerBound), .integer($0.upperBound)] })
        }
        return .object(object)
    }

    var record: [UInt8] {
        var bytes: [UInt8] = []
        json.append(to: &bytes)
        return bytes
    }

    /// Reads a record; the failure says what is wrong with it. Members that this version does not
    /// know are passed over.
    static func read(record bytes: RawSpan) -> Result<StoredDocument, Defect> {
        bytes.withUnsafeBytes { buffer in
            Result { () throws(Defect) in
                let value: JSONValue
                do throws(JSONError) {
                    value = try JSONValue(parsing: buffer.assumingMemoryBound(to: UInt8.self))
                } catch {
                    throw Defect(detail: "is not JSON: \(error)")
                }
                return try StoredDocument(json: value)
            }
        }
    }

    /// The document of a record's object. Members that this version does not know are passed over.
    ///
    /// - Throws: `Defect` for members that are missing or of another kind.
    package init(json value: JSONValue) throws(Defect) {
        guard let object = value.object else {
            throw Defect(detail: "is \(value.kind), not an object")
        }
        id = try Self.string(object, "id")
        question = try Self.string(object, "question")
        let alternates = object["alternates"]?.array?.map(\.string)
        guard let alternates, let texts = alternates as? [String] else {
            throw Defect(detail: "has no array of strings \"alternates\"")
        }
        self.alternates = texts
        switch object["answer"] {
        case .string(let text)?: answer = text
        case .null?, nil: answer = nil
        case let other?: throw Defect(detail: "has as \"answer\" \(other.kind), not a string")
        }
        guard let fields = object["fields"]?.object else {
            throw Defect(detail: "has no object \"fields\"")
        }
        self.fields = fields
        answerPassages = try Self.answerPassages(object["answer_passages"], in: answer)
    }

    private static func answerPassages(
        _ value: JSONValue?, in answer: String?
    ) throws(Defect) -> [Range<Int>] {
        guard let value else { return [] }
        let count = answer?.utf8.count ?? 0
        var passages: [Range<Int>] = []
        for pair in value.array ?? [.null] {
            guard let bounds = pair.array, bounds.count == 2, let start = bounds[0].integer,
                let end = bounds[1].integer, 0 <= start, start < end, end <= count
            else { throw Defect(detail: "has \"answer_passages\" that are no parts of the answer") }
            passages.append(start..<end)
        }
        return passages
    }

    private static func string(_ object: JSONObject, _ key: String) throws(Defect) -> String {
        guard let text = object[key]?.string else {
            throw Defect(detail: "has no string \"\(key)\"")
        }
        return text
    }
}

/// What is wrong with a record, as the rest of a sentence that begins with it.
package struct Defect: Error {
    package let detail: String
}
