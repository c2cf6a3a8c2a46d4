internal import JSON
public import Records

/// A file of documents that `SearchIndex.export` has written, or another program in its format.
///
/// JSON Lines: with vectors a header, then a document a line. Standard input and pipes are copied to
/// a temporary file without a name, as those of a corpus.
public struct ExportFile: Sendable {
    /// As the caller gave it; "-" is standard input.
    public let path: String
    /// What the vectors are; nil when the file has none.
    public let header: ExportHeader?
    private let file: RereadableFile

    /// The longest line that is read, in bytes: documents with thousands of vectors have long ones.
    private static let longestLine = 1 << 28

    /// Opens a file and reads its header.
    ///
    /// - Throws: `RecordError` when the file cannot be read, its first line is no JSON object, or
    ///   the header is not what it should be.
    public init(path: String) throws(RecordError) {
        self.path = path
        file = RereadableFile(path: path)
        let name = file.name
        var records = try Self.open(file)
        guard let first = try records.next(), first.fields[ExportHeader.versionName] != nil else {
            header = nil
            return
        }
        do throws(FieldError) {
            header = try ExportHeader(first.fields)
        } catch {
            throw RecordError(path: name, line: first.line, reason: error.reason)
        }
    }

    /// What errors call it.
    var name: String { file.name }

    /// The lines of the documents from the first on, behind the header where there is one.
    func open() throws(RecordError) -> RecordReader {
        var records = try Self.open(file)
        if header != nil { _ = try records.next() }
        return records
    }

    private static func open(_ file: RereadableFile) throws(RecordError) -> RecordReader {
        try RecordReader(file: file, format: .jsonl, limit: longestLine)
    }
}
