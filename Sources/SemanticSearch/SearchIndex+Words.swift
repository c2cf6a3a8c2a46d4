public import BiEncoder
internal import EmbeddingStore
internal import LexicalIndex
internal import Tensors

/// Searches by words (BM25), alone and beside the search by meaning.
extension SearchIndex {
    /// The documents that have the query's words, ranked by BM25 with k1 0.9 and b 0.4 over
    /// question, alternates and answer. The FAISS file is not looked at.
    ///
    /// - Throws: `IndexError` when the limit is below 1.
    public func search(
        words query: String, options: SearchOptions = SearchOptions()
    ) throws -> [Hit] {
        try checkLimit(options)
        let terms = Terms.of(query)
        return try store.read { reader in
            let found = try wordHits(terms, options, reader)
            return try found.map { found in
                let passage = Passage(document: found.document, kind: .question)
                let (document, text) = try self.document(of: passage, reader)
                return Hit(
                    document: document, score: Float(found.score), passage: text,
                    explanation: try explanation(of: found.document, terms, reader))
            }
        }
    }

    /// The documents that are near in meaning or have the query's words: both rankings fused by
    /// reciprocal rank, Σ 1 / (60 + rank) (Cormack, Clarke and Büttcher, SIGIR 2009).
    ///
    /// - Parameters:
    ///   - query: the text.
    ///   - embeddings: the same, as `encoder` has embedded it.
    public func search(
        wordsAndMeaning query: String, _ embeddings: Embeddings, with encoder: BiEncoder,
        options: SearchOptions = SearchOptions()
    ) throws -> [Hit] {
        var embeddings = embeddings
        if !encoder.folder.normalizes { embeddings.scaleToUnitLength() }
        return try search(wordsAndMeaning: query, embeddings.values, options: options)
    }

    /// As above, with the query's vector, of unit length.
    public func search(
        wordsAndMeaning query: String, _ vector: [Float], options: SearchOptions = SearchOptions()
    ) throws -> [Hit] {
        try checkLimit(options)
        let terms = Terms.of(query)
        return try withSnapshot { state, reader in
            try checkModel(options, state)
            let search = try vectorSearch(vector, state)
            var deep = options
            deep.limit = max(options.limit, Self.fusionDepth)
            var fusion = ReciprocalRankFusion()
            let near = try search.documents(reader, deep).map(\.passage.document)
            fusion.add(near)
            let worded = try wordHits(terms, deep, reader).map(\.document)
            fusion.add(worded)

            var hits: [Hit] = []
            for (key, score) in fusion.ranking where hits.count < options.limit {
                guard let best = try search.bestPassage(ofDocument: key, reader),
                    best.score >= options.minimumScore
                else { continue }
                var explanation = try explanation(of: key, terms, reader)
                explanation.cosine = best.score.asCosine
                explanation.cosineRank = near.firstIndex(of: key).map { $0 + 1 }
                explanation.bm25Rank = worded.firstIndex(of: key).map { $0 + 1 }
                let (document, text) = try document(of: best.passage, reader)
                hits.append(
                    Hit(
                        document: document, score: Float(score), passage: text,
                        explanation: explanation))
            }
            return hits
        }
    }

    /// How many documents of each ranking are fused, at least.
    static let fusionDepth = 100

    func wordHits(
        _ terms: [String], _ options: SearchOptions, _ reader: borrowing StoreReader
    ) throws -> [LexicalHit] {
        var choice = try DocumentChoice(options, reader)
        guard choice.isFiltered || !options.excludedIDs.isEmpty else {
            return try words.search(terms: terms, limit: options.limit, in: reader.transaction)
        }
        var chosen: [LexicalHit] = []
        for hit in try words.search(terms: terms, limit: .max, in: reader.transaction)
        where try chosen.count < options.limit && choice.accepts(hit.document, reader) {
            chosen.append(hit)
        }
        return chosen
    }

    private func explanation(
        of key: UInt64, _ terms: [String], _ reader: borrowing StoreReader
    ) throws -> HitExplanation {
        guard let found = try words.explain(document: key, terms: terms, in: reader.transaction) else {
            throw IndexError(
                .damaged, path, "document \(key) has lost its words: run kotae index verify")
        }
        return HitExplanation(
            bm25: found.score,
            words: found.parts.filter { $0.contribution > 0 }
                .map { .init(term: $0.term, score: $0.contribution) })
    }
}
