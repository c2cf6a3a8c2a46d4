internal import EmbeddingStore
internal import JSON
package import Records

/// Reads the documents of a corpus file one by one and checks that their ids differ.
///
/// Memory grows with the number of ids, not with the texts.
package struct CorpusReader: ~Copyable {
    package let path: String
    private let fields: CorpusFields
    private var records: RecordReader
    /// By the id's UTF-8 bytes: String would take canonically equivalent ids for equal.
    private var lines: [[UInt8]: Int] = [:]
    private var number = 0
    private var numbersItself: Bool?

    /// How many documents have been read.
    package var count: Int { number }

    /// Whether the corpus has no ids, so that documents are numbered from 1.
    package var assignsIDs: Bool { numbersItself ?? false }

    /// - Parameters:
    ///   - path: a JSON Lines, CSV or TSV file, or "-" for standard input.
    ///   - format: nil for the one that the name tells.
    ///   - encoding: the file's.
    ///   - fields: the names of its fields.
    /// - Throws: `RecordError`.
    package init(
        path: String, format: RecordFormat? = nil, encoding: TextEncoding = .utf8,
        fields: CorpusFields = CorpusFields()
    ) throws(RecordError) {
        self.path = path
        self.fields = fields
        records = try RecordReader(path: path, format: format, encoding: encoding)
    }

    /// The next document, nil after the last.
    ///
    /// - Throws: `RecordError` with the line, when a record is malformed, lacks its question, has
    ///   a field of a wrong kind, or an id that an earlier line has.
    package mutating func next() throws(RecordError) -> Document? {
        guard let record = try records.next() else { return nil }
        number += 1
        let document: Document
        do throws(FieldError) {
            document = try fields.document(record.fields, number: number)
        } catch {
            throw RecordError(path: path, line: record.line, reason: error.reason)
        }
        let numbered = fields.id == nil && !CorpusFields.idAliases.contains { record.fields[$0] != nil }
        if let numbersItself, numbersItself != numbered {
            throw RecordError(
                path: path, line: record.line,
                reason: numbered
                    ? "no id, though earlier records have one" : "an id, though earlier records have none")
        }
        numbersItself = numbered
        if let earlier = lines.updateValue(record.line, forKey: Array(document.id.utf8)) {
            throw RecordError(
                path: path, line: record.line,
                reason: "the id \"\(document.id)\" stands in line \(earlier) already")
        }
        return document
    }
}
