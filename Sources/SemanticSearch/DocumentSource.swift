internal import Glibc
public import Records

/// Documents that can be read several times from the first to the last.
public protocol DocumentSource {
    /// Calls `body` with each document in order.
    ///
    /// - Throws: what `body` throws, and what is wrong with the documents.
    func forEach(_ body: (Document) throws -> Void) throws
}

extension [Document]: DocumentSource {}

/// A corpus file. It is read anew each time, so memory grows with its ids, not with its texts.
public struct CorpusFile: DocumentSource {
    public let path: String
    public let format: RecordFormat?
    public let encoding: TextEncoding
    public let fields: CorpusFields

    /// - Parameters:
    ///   - path: a JSON Lines, CSV or TSV file; not a pipe, which can be read once only.
    ///   - format: nil for the one that the name tells.
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
    }

    public func forEach(_ body: (Document) throws -> Void) throws {
        var status = stat()
        guard path != "-", stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFIFO else {
            throw RecordError(
                path: path == "-" ? "standard input" : path,
                reason: "a corpus is read several times; save it to a file and give that")
        }
        var reader = try CorpusReader(
            path: path, format: format, encoding: encoding, fields: fields)
        while let document = try reader.next() { try body(document) }
        guard reader.count > 0 else {
            throw RecordError(path: path, reason: "there is no document in this file")
        }
    }
}
