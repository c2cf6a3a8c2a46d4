internal import EmbeddingStore
internal import JSON
package import Records

/// Reads the documents of corpus files one by one and checks that their ids differ.
///
/// Memory grows with the number of ids, not with the texts.
package struct CorpusReader: ~Copyable {
    private let files: [CorpusFile]
    /// The file that is read.
    private var file = 0
    private var records: RecordReader?
    /// How many documents of this file have been read.
    private var countInFile = 0
    /// Whether this file has no ids; nil before its first document.
    private var isNumbered: Bool?
    /// By the id's UTF-8 bytes: String would take canonically equivalent ids for equal.
    private var places: [[UInt8]: Place] = [:]

    /// Where a document stands.
    private struct Place {
        let file: Int
        let line: Int
    }

    /// How many documents have been read, those of all files.
    package private(set) var count = 0

    /// Whether no file read so far has ids, so that documents are numbered from 1.
    package private(set) var assignsIDs = false

    /// - Parameter files: read one after the other; they may differ in format, encoding and fields.
    package init(_ files: [CorpusFile]) { self.files = files }

    /// The next document, nil after the last.
    ///
    /// A file without ids gives its documents their numbers, counted from 1 through all files.
    ///
    /// - Throws: `RecordError` with the file and the line, when a file cannot be read or has no
    ///   document, or a record is malformed, lacks its question, has a field of a wrong kind, or an
    ///   id that an earlier one has.
    package mutating func next() throws(RecordError) -> Document? {
        while file < files.count {
            let current = files[file]
            if records == nil { records = try current.open() }
            if let record = try records?.next() { return try document(record, of: current) }
            guard countInFile > 0 else {
                throw RecordError(path: current.name, reason: "there is no document in this file")
            }
            records = nil
            countInFile = 0
            isNumbered = nil
            file += 1
        }
        return nil
    }

    private mutating func document(
        _ record: Record, of current: CorpusFile
    ) throws(RecordError) -> Document {
        func refuse(_ reason: String) -> RecordError {
            RecordError(path: current.name, line: record.line, reason: reason)
        }
        let document: Document
        do throws(FieldError) {
            document = try current.fields.document(record.fields, number: count + 1)
        } catch {
            throw refuse(error.reason)
        }
        let numbered =
            current.fields.id == nil
            && !CorpusFields.idAliases.contains { record.fields[$0] != nil }
        if let isNumbered, isNumbered != numbered {
            throw refuse(
                numbered
                    ? "no id, though earlier records have one" : "an id, though earlier records have none")
        }
        isNumbered = numbered
        let place = Place(file: file, line: record.line)
        if let earlier = places.updateValue(place, forKey: Array(document.id.utf8)) {
            let other = earlier.file == file ? "" : " of \(files[earlier.file].name)"
            let id = numbered ? "the record's number, \(document.id)," : "the id \"\(document.id)\""
            throw refuse("\(id) stands in line \(earlier.line)\(other) already")
        }
        assignsIDs = numbered && (assignsIDs || count == 0)
        count += 1
        countInFile += 1
        return document
    }
}
