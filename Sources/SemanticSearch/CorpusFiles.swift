/// Several corpus files that are one corpus, in the order given.
///
/// Ids must differ over all files. Documents of a file without ids have their numbers in the whole
/// corpus, so two such files do not collide. Every file must have a document.
public struct CorpusFiles: DocumentSource, Sendable {
    public let files: [CorpusFile]

    public init(_ files: [CorpusFile]) { self.files = files }

    /// - Throws: what `body` throws, and `RecordError` with file and line for what is wrong; for an
    ///   id that occurs twice, the files and lines of both.
    public func forEach(_ body: (Document) throws -> Void) throws {
        var reader = CorpusReader(files)
        while let document = try reader.next() { try body(document) }
    }
}
