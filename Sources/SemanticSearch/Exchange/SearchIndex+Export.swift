internal import EmbeddingStore

extension SearchIndex {
    /// Writes all documents as JSON Lines, in the order in which they were added.
    ///
    /// Without vectors a line is {"id", "question", "alternates", "answer", "fields"}. With them an
    /// `ExportHeader` comes first, and documents also have "vectors", one for each of their embedded
    /// texts (the question, the alternates, the answer's parts), and "answer_passages" where the
    /// answer has parts: their ranges of its UTF-8 bytes.
    ///
    /// One snapshot, of the store alone. Memory does not grow with the index.
    ///
    /// - Parameters:
    ///   - vectors: whether to write them too.
    ///   - write: appends bytes, several lines at a time.
    /// - Returns: how many documents there were.
    /// - Throws: `IndexError` for a document that lacks a vector, or what the store or `write` throws.
    @discardableResult
    public func export(
        vectors: Bool = false, to write: ([UInt8]) throws -> Void
    ) throws -> Int {
        try store.read { [folder, store] reader in
            if vectors {
                let manifest = try Self.manifest(folder, store, reader)
                try write(Array("\(ExportHeader(manifest).json)\n".utf8))
            }
            var count = 0
            var next: UInt64 = 0
            while true {
                let page = try reader.documents(from: next, limit: Self.exportedAtATime)
                guard let last = page.last else { return count }
                var lines: [UInt8] = []
                for (key, document) in page {
                    ExportedDocument.append(
                        document, vectors: vectors ? try self.vectors(of: document, key, reader) : nil,
                        to: &lines)
                }
                try write(lines)
                count += page.count
                next = last.key + 1
            }
        }
    }

    /// How many documents are in memory during an export.
    private static let exportedAtATime = 64

    /// The vectors of a document's `passageTexts`.
    private func vectors(
        of document: Document, _ key: UInt64, _ reader: borrowing StoreReader
    ) throws -> [[Float]] {
        var vectors: [[Float]] = []
        for (passage, vectorKey) in try reader.vectors(ofDocument: key) {
            let vector = try reader.withVector(forKey: vectorKey) { span in
                span.withUnsafeBufferPointer { Array($0) }
            }
            guard let vector, passage == document.passage(vectors.count, of: key) else {
                throw incomplete(key)
            }
            vectors.append(vector)
        }
        guard vectors.count == document.passageTexts.count else { throw incomplete(key) }
        return vectors
    }

    private func incomplete(_ key: UInt64) -> IndexError {
        IndexError(.damaged, path, "document \(key) lacks a vector: run kotae index verify")
    }
}
