internal import EmbeddingStore
internal import JSON
internal import LexicalIndex
internal import LMDB

/// Everything that an index keeps of its documents, changed together in one transaction: the
/// documents, what their vectors stand for, their words, and the names of their fields.
///
/// How words are told apart (`Terms`) is a part of the folder's format.
struct DocumentTables {
    private let words: LexicalIndex
    /// Words of documents that are still to be added; many at once are added quicker.
    private var wordsToAdd: [(key: UInt64, terms: [String])] = []
    private var fields: Set<String>

    private static let fieldsName = "fields"
    private static let largestBatch = 8192

    /// For adding and removing; `finish` ends it.
    init(in writer: inout StoreWriter) throws {
        words = try LexicalIndex(creatingIn: &writer.transaction)
        fields = try Self.fieldNames(in: writer)
    }

    /// The names of the fields that documents have, or had before the last build.
    static func fieldNames<Access>(
        in transaction: borrowing StoreTransaction<Access>
    ) throws -> Set<String> {
        Set(try transaction.meta(fieldsName)?.array?.compactMap(\.string) ?? [])
    }

    /// Removes all documents and rows; the vectors stay.
    mutating func removeAll(in writer: inout StoreWriter) throws {
        try writer.removeAllDocuments()
        try words.removeAll(in: &writer.transaction)
        fields = []
    }

    /// Adds a document under a new key, one vector for each of its `passageTexts`.
    mutating func add(
        _ document: Document, vectors: some Collection<UInt64>, in writer: inout StoreWriter
    ) throws {
        let key = try writer.newDocumentKey()
        try writer.put(document, forKey: key)
        for (index, vector) in vectors.enumerated() {
            try writer.setVector(vector, forPassage: document.passage(index, of: key))
        }
        wordsToAdd.append((key, Self.terms(of: document)))
        if wordsToAdd.count == Self.largestBatch { try addWords(in: &writer) }
        fields.formUnion(document.fields.keys)
    }

    /// Removes a document; its vectors stay for texts that come back.
    mutating func remove(_ key: UInt64, in writer: inout StoreWriter) throws {
        if !wordsToAdd.isEmpty { try addWords(in: &writer) }
        try writer.removeDocument(key)
        try words.remove(document: key, in: &writer.transaction)
    }

    /// Writes what is still to be written.
    mutating func finish(in writer: inout StoreWriter) throws {
        try addWords(in: &writer)
        if try fields != Self.fieldNames(in: writer) {
            try writer.setMeta(Self.fieldsName, to: .array(fields.sorted().map(JSONValue.string)))
        }
    }

    private mutating func addWords(in writer: inout StoreWriter) throws {
        try words.add(wordsToAdd, in: &writer.transaction)
        wordsToAdd.removeAll(keepingCapacity: true)
    }

    /// The words by which a document is found: those of its question, alternates and answer.
    private static func terms(of document: Document) -> [String] {
        ([document.question] + document.alternates + [document.answer ?? ""]).flatMap(Terms.of)
    }
}
