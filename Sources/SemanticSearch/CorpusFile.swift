public import Records

/// A corpus file. It is read anew each time, so memory grows with its ids, not with its texts.
///
/// Standard input and pipes are copied to a temporary file at the first reading, which all copies of
/// this value share; it is in `$TMPDIR`, or /tmp, and has no name.
public struct CorpusFile: DocumentSource, Sendable {
    public let path: String
    public let format: RecordFormat?
    public let encoding: TextEncoding
    public let fields: CorpusFields
    private let file: RereadableFile

    /// - Parameters:
    ///   - path: a JSON Lines, CSV or TSV file, or "-" for standard input, called "standard input"
    ///     in errors.
    ///   - format: nil for the one that the name tells, and JSON Lines for standard input and for
    ///     pipes whose name does not.
    ///   - encoding: the file's.
    ///   - fields: the names of its fields.
    public init(
        path: String, format: RecordFormat? = nil, encoding: TextEncoding = .utf8,
        fields: CorpusFields = CorpusFields()
    ) {
        self.path = path
        self.format = format
        self.encoding = encoding
        self.fields = fields
        file = RereadableFile(path: path)
    }

    /// - Throws: what `body` throws, and `RecordError` with the line for what is wrong.
    public func forEach(_ body: (Document) throws -> Void) throws {
        try CorpusFiles([self]).forEach(body)
    }

    /// What errors call it.
    var name: String { file.name }

    /// Its records from the first on.
    func open() throws(RecordError) -> RecordReader {
        try RecordReader(file: file, format: format, encoding: encoding)
    }
}
