internal import EmbeddingStore
internal import JSON

/// One line of an export: a document, and its vectors where they came along.
///
/// The members are those of the record in the store, `id`, `question`, `alternates`, `answer` and
/// `fields`; with vectors also `answer_passages` where there are any, and `vectors`, a list of
/// numbers for each of the document's `passageTexts`.
enum ExportedDocument {
    /// How far from 1 the length of a vector may be.
    static let lengthTolerance = 1e-3

    private static let passagesName = "answer_passages"
    private static let vectorsName = "vectors"

    /// Appends a document's line.
    ///
    /// - Parameter vectors: one for each of the document's `passageTexts`; nil to leave them out.
    static func append(_ document: Document, vectors: [[Float]]?, to bytes: inout [UInt8]) {
        guard case .object(var object) = document.json else { return }
        if vectors == nil { object[passagesName] = nil }
        JSONValue.object(object).append(to: &bytes)
        if let vectors {
            // The object is open again for one more member.
            bytes.removeLast()
            bytes.append(contentsOf: ",\"\(vectorsName)\":[".utf8)
            for (index, vector) in vectors.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONValue.append(vector, to: &bytes)
            }
            bytes.append(contentsOf: "]}".utf8)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Reads a document with its vectors; without vectors its `answerPassages` are empty.
    ///
    /// - Parameter header: what the file says of its vectors; nil when it should have none.
    /// - Throws: `FieldError` for whatever is missing, of another kind or no vector.
    static func read(
        _ object: JSONObject, header: ExportHeader?
    ) throws(FieldError) -> PreparedDocument {
        var document: Document
        do throws(Defect) {
            document = try Document(json: .object(object))
        } catch {
            throw FieldError("the document \(error.detail)")
        }
        if document.id.isEmpty { throw FieldError("the field \"id\" is empty") }
        guard document.question.utf8.contains(where: { $0 > 0x20 }) else {
            throw FieldError("the field \"question\" is empty")
        }
        guard let value = object[vectorsName] else {
            document.answerPassages = []
            return PreparedDocument(document: document)
        }
        guard let header else {
            throw FieldError(
                "the field \"\(vectorsName)\" needs a header in the first line that tells their model")
        }
        try checkPassages(of: document, header)
        return PreparedDocument(
            document: document, vectors: try vectors(value, of: document, header))
    }

    private static func checkPassages(
        of document: Document, _ header: ExportHeader
    ) throws(FieldError) {
        guard !document.answerPassages.isEmpty, let answer = document.answer else { return }
        guard header.embedsAnswers else {
            throw FieldError(
                "the field \"\(passagesName)\" contradicts the header, in which \"embeds_answers\" is false")
        }
        let bytes = Array(answer.utf8)
        for range in document.answerPassages {
            guard String(validating: bytes[range], as: UTF8.self) != nil else {
                throw FieldError(
                    "the field \"\(passagesName)\": \(range.lowerBound) to \(range.upperBound) cuts a character")
            }
        }
    }

    /// All vectors, one behind the other.
    private static func vectors(
        _ value: JSONValue, of document: Document, _ header: ExportHeader
    ) throws(FieldError) -> [Float] {
        guard let lists = value.array else {
            throw FieldError("the field \"\(vectorsName)\" is \(value.kind), expected a list of lists of numbers")
        }
        let texts = document.passageTexts.count
        guard lists.count == texts else {
            throw FieldError(
                "the field \"\(vectorsName)\" has \(lists.count) vectors, and the document \(texts) texts")
        }
        var numbers: [Float] = []
        numbers.reserveCapacity(lists.count * header.dimensions)
        for (index, list) in lists.enumerated() {
            func refuse(_ reason: String) -> FieldError {
                FieldError("the field \"\(vectorsName)\", vector \(index + 1): \(reason)")
            }
            guard let elements = list.array else {
                throw refuse("\(list.kind), expected a list of numbers")
            }
            guard elements.count == header.dimensions else {
                throw refuse("\(elements.count) numbers, and the header's \"dimensions\" are \(header.dimensions)")
            }
            var squares = 0.0
            for element in elements {
                guard let double = element.double else {
                    throw refuse("\(element.kind) among the numbers")
                }
                let number = Float(double)
                guard number.isFinite else { throw refuse("\(double) is too large for float32") }
                squares += Double(number) * Double(number)
                numbers.append(number)
            }
            let length = squares.squareRoot()
            guard abs(length - 1) <= lengthTolerance else {
                throw refuse("its length is \(length), not 1")
            }
        }
        return numbers
    }
}
