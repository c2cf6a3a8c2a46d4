public import EmbeddingStore

/// A document's texts and their vectors, as they are stored.
public struct DocumentEmbeddings: Sendable {
    /// One text of a document and its vector, of unit length.
    public struct Entry: Sendable {
        public let kind: Passage.Kind
        public let text: String
        public let vector: [Float]
    }

    public let id: String
    /// The question first, then the alternates.
    public let entries: [Entry]
}

extension SearchIndex {
    /// Lends every document in the order in which they were added.
    public func forEachDocument(_ body: (Document) throws -> Void) throws {
        try store.read { reader in try reader.forEachDocument { _, document in try body(document) } }
    }

    /// The document with an id; nil when the index lacks it. O(log n).
    public func document(withID id: String) throws -> Document? {
        try store.read { reader in
            guard let key = try reader.documentKey(forID: id) else { return nil }
            return try reader.document(forKey: key)
        }
    }

    /// The stored vectors of documents, in the order of `ids`.
    ///
    /// - Throws: `IndexError` of kind `unknownIDs` that lists every id that the index lacks.
    public func embeddings(of ids: [String]) throws -> [DocumentEmbeddings] {
        try store.read { reader in
            var unknown: [String] = []
            var result: [DocumentEmbeddings] = []
            for id in ids {
                guard let key = try reader.documentKey(forID: id),
                    let document = try reader.document(forKey: key)
                else {
                    unknown.append(id)
                    continue
                }
                var entries: [DocumentEmbeddings.Entry] = []
                for (passage, vectorKey) in try reader.vectors(ofDocument: key) {
                    let vector = try reader.withVector(forKey: vectorKey) { span in
                        span.indices.map { span[$0] }
                    }
                    guard let vector, let text = document.text(of: passage) else {
                        throw IndexError(.damaged, path, "document \(key) lacks a vector or its text")
                    }
                    entries.append(.init(kind: passage.kind, text: text, vector: vector))
                }
                result.append(DocumentEmbeddings(id: document.id, entries: entries))
            }
            guard unknown.isEmpty else { throw unknownIDs(unknown) }
            return result
        }
    }

    /// Appends the stored vectors of documents' questions, one behind the other in the order of
    /// `ids`. From one snapshot; O(log n) for each, the numbers copied once, straight into `numbers`.
    ///
    /// - Throws: `IndexError` of kind `unknownIDs` that lists every id that the index lacks; what
    ///   has been appended by then is undefined.
    public func appendQuestionVectors(
        of ids: some Sequence<String>, to numbers: inout [Float]
    ) throws {
        var unknown: [String] = []
        try store.read { reader in
            for id in ids {
                guard let key = try reader.documentKey(forID: id) else {
                    unknown.append(id)
                    continue
                }
                let copied: Void? =
                    if let vectorKey = try reader.questionVector(ofDocument: key) {
                        try reader.withVector(forKey: vectorKey) { vector in
                            vector.withUnsafeBufferPointer { numbers.append(contentsOf: $0) }
                        }
                    } else { nil }
                guard copied != nil else {
                    throw IndexError(.damaged, path, "document \(key) lacks the vector of its question")
                }
            }
        }
        guard unknown.isEmpty else { throw unknownIDs(unknown) }
    }
}
