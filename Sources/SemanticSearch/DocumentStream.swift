internal import JSON
public import Records

/// The documents of a corpus file one by one, as soon as each is there to be read: for pipes whose
/// writer goes on.
///
/// Unlike in a `CorpusFile` every document has an id of its own making, and a later one may have
/// the id of an earlier one, in whose place it then comes. Memory does not grow.
public struct DocumentStream: ~Copyable {
    private let file: CorpusFile
    private var records: RecordReader

    /// - Throws: `RecordError` when the file cannot be read or has no header where its format has
    ///   one.
    public init(_ file: CorpusFile) throws(RecordError) {
        self.file = file
        records = try RecordReader(
            path: file.path, format: file.format ?? (file.path == "-" ? .jsonl : nil),
            encoding: file.encoding)
    }

    /// The next document, nil after the last. Waits for it.
    ///
    /// - Throws: `RecordError` with the line when a record is malformed, lacks its question or its
    ///   id, or has a field of a wrong kind. Do not go on reading after an error.
    public mutating func next() throws(RecordError) -> Document? {
        guard let record = try records.next() else { return nil }
        do throws(FieldError) {
            try checkID(of: record)
            return try file.fields.document(record.fields, number: 0)
        } catch {
            throw RecordError(path: file.name, line: record.line, reason: error.reason)
        }
    }

    /// Elsewhere a record without one gets its number.
    private func checkID(of record: Record) throws(FieldError) {
        let names = CorpusFields.idAliases
        guard file.fields.id == nil, !names.contains(where: { record.fields[$0] != nil }) else { return }
        throw FieldError(
            "no field for the id (\(names.map { "\"\($0)\"" }.joined(separator: ", "))), which a "
                + "document that is added by itself needs; name it with --id-field")
    }
}
