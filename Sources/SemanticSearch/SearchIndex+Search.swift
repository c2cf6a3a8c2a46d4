public import BiEncoder
internal import EmbeddingStore
internal import Tensors

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
        options.excludedIDs.append(id)
        return try search(question.vector, options: options)
    }

    /// The documents nearest to a vector of unit length, ranked by their best passage; of equal
    /// scores the vector that was stored first comes first.
    ///
    /// - Throws: `IndexError` when the vector has another number of elements than the index or
    ///   the limit is below 1.
    public func search(_ vector: [Float], options: SearchOptions = SearchOptions()) throws -> [Hit] {
        try checkLimit(options)
        return try withSnapshot { state, reader in
            try checkModel(options, state)
            let found = try vectorSearch(vector, state).documents(reader, options)
            return try found.map { found in
                let (document, text) = try self.document(of: found.passage, reader)
                return Hit(document: document, score: found.score.asCosine, passage: text)
            }
        }
    }

    func checkLimit(_ options: SearchOptions) throws {
        guard options.limit >= 1 else {
            throw IndexError(.invalid, path, "a search for \(options.limit) documents")
        }
    }

    func checkModel(_ options: SearchOptions, _ state: State) throws {
        guard let fingerprint = options.fingerprint, fingerprint != state.manifest.model.fingerprint else {
            return
        }
        throw IndexError(
            .otherModel, path, "has been built with another model, \(state.manifest.model.name), meanwhile")
    }

    func vectorSearch(_ vector: [Float], _ state: State) throws -> VectorSearch {
        guard vector.count == state.manifest.dimensions else {
            throw IndexError(
                .invalid, path,
                "the query has \(vector.count) elements, the index's vectors "
                    + "\(state.manifest.dimensions)")
        }
        return VectorSearch(query: vector, state, path: path)
    }

    /// A passage's document and text.
    func document(
        of passage: Passage, _ reader: borrowing StoreReader
    ) throws -> (Document, String) {
        guard let document = try reader.document(forKey: passage.document),
            let text = document.text(of: passage)
        else {
            throw IndexError(
                .damaged, path, "a vector stands for document \(passage.document), which lacks it")
        }
        return (document, text)
    }
}

extension Float {
    /// Rounding can put the product of two vectors of length 1 just beyond 1.
    var asCosine: Float { Swift.max(-1, Swift.min(1, self)) }
}
