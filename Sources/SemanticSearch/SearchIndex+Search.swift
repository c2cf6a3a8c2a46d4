public import BiEncoder
public import EmbeddingStore
internal import Tensors
internal import VectorIndex

/// A document that a search found.
public struct Hit: Sendable, Equatable {
    public let document: Document
    /// The cosine of the query and the passage, in [-1, 1].
    public let score: Float
    /// The text of the document that matched best: its question, an alternate or a part of the
    /// answer.
    public let passage: String

    public init(document: Document, score: Float, passage: String) {
        self.document = document
        self.score = score
        self.passage = passage
    }
}

extension SearchIndex {
    /// The documents nearest to a query in meaning, ranked by their best passage.
    ///
    /// - Parameters:
    ///   - encoder: the model of the index; see `check`.
    ///   - limit: see `SearchOptions`.
    public func search(
        _ query: String, with encoder: BiEncoder, limit: Int = 10, minimumScore: Float = -1
    ) throws -> [Hit] {
        try search(
            query, with: encoder, options: SearchOptions(limit: limit, minimumScore: minimumScore))
    }

    /// As above, with all options.
    public func search(
        _ query: String, with encoder: BiEncoder, options: SearchOptions
    ) throws -> [Hit] {
        try search(encoder.embed([query], as: .query), with: encoder, options: options)
    }

    /// As above, for a query that `encoder` has embedded.
    public func search(
        _ query: Embeddings, with encoder: BiEncoder, options: SearchOptions = SearchOptions()
    ) throws -> [Hit] {
        var query = query
        if !encoder.folder.normalizes { query.scaleToUnitLength() }
        return try search(query.values, options: options)
    }

    /// The documents nearest to a document, by the vector of its question; itself left out.
    ///
    /// - Throws: `IndexError` of kind `unknownIDs`.
    public func search(like id: String, options: SearchOptions = SearchOptions()) throws -> [Hit] {
        guard let question = try embeddings(of: [id]).first?.entries.first else {
            throw unknownIDs([id])
        }
        var options = options
        options.excludedID = id
        return try search(question.vector, options: options)
    }

    /// The documents nearest to a vector of unit length, ranked by their best passage; of equal
    /// scores the vector that was stored first comes first.
    ///
    /// - Throws: `IndexError` when the vector has another number of elements than the index or
    ///   the limit is below 1.
    public func search(_ vector: [Float], options: SearchOptions = SearchOptions()) throws -> [Hit] {
        guard options.limit >= 1 else {
            throw IndexError(.invalid, path, "a search for \(options.limit) documents")
        }
        return try withSnapshot { state, reader in
            guard vector.count == state.manifest.dimensions else {
                throw IndexError(
                    .invalid, path,
                    "the query has \(vector.count) elements, the index's vectors "
                        + "\(state.manifest.dimensions)")
            }
            let search = VectorSearch(query: vector, vectors: state.vectors, path: path)
            let found = try search.documents(reader, options)
            return try found.map { try hit($0, reader) }
        }
    }

    private func hit(_ found: FoundPassage, _ reader: borrowing StoreReader) throws -> Hit {
        let key = found.passage.document
        guard let document = try reader.document(forKey: key),
            let text = document.text(of: found.passage)
        else { throw IndexError(.damaged, path, "a vector stands for document \(key), which lacks it") }
        // Rounding can put the product of two vectors of length 1 just beyond 1.
        return Hit(document: document, score: max(-1, min(1, found.score)), passage: text)
    }
}
