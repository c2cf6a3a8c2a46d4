package import BiEncoder
internal import EmbeddingStore
internal import LexicalIndex

/// A document that a query found, by its id.
package struct RankedDocument: Sendable {
    package let id: String
    /// See `Hit.score`.
    package let score: Float
}

/// The document that a query finds first.
package struct BestAnswer: Sendable {
    package let id: String
    /// What a threshold is of: the cosine of the query and the document's best passage, or by words alone
    /// the BM25 score.
    package let score: Float
}

extension SearchIndex {
    /// The rankings of many queries over one snapshot, without the documents, as people get them: by meaning
    /// the first ten are those that a search for ten documents finds, which is less than a longer search
    /// where the index is not exact, and by both what one for up to 100 fuses.
    ///
    /// - Parameters:
    ///   - embeddings: of the queries, of unit length; nil for rankings by words alone.
    ///   - report: gets how many queries have been searched.
    /// - Returns: for each method a ranking a query, of at most `options.limit` documents.
    /// - Throws: as the searches do.
    package func rankings(
        of queries: [String], _ embeddings: Embeddings?, by methods: [RankingMethod],
        options: SearchOptions, report: (Int) -> Void = { _ in }
    ) throws -> [[[RankedDocument]]] {
        try checkLimit(options)
        return try withSnapshot { state, reader in
            var ids: [UInt64: String] = [:]
            try reader.forEachDocument { key, document in ids[key] = document.id }
            var rankings = [[[RankedDocument]]](repeating: [], count: methods.count)
            for (index, query) in queries.enumerated() {
                var parts = RankingParts(query: query, vector: embeddings.map { Array($0[index]) })
                for (place, method) in methods.enumerated() {
                    let ranking = try ranking(&parts, by: method, options, state, reader)
                    rankings[place].append(
                        try ranking.map { document, score in
                            guard let id = ids[document] else {
                                throw IndexError(.damaged, path, "document \(document) is missing")
                            }
                            return RankedDocument(id: id, score: score)
                        })
                }
                report(index + 1)
            }
            return rankings
        }
    }

    /// The best document for each of many queries; nil for a query that finds none.
    ///
    /// - Parameters: see `rankings`; the limit is that of the searches of which this is the first hit.
    /// - Throws: as the searches do.
    package func bestAnswers(
        of queries: [String], _ embeddings: Embeddings?, by method: RankingMethod, options: SearchOptions
    ) throws -> [BestAnswer?] {
        try withSnapshot { state, reader in
            var answers: [BestAnswer?] = []
            for (index, query) in queries.enumerated() {
                let vector = embeddings.map { Array($0[index]) }
                var parts = RankingParts(query: query, vector: vector)
                guard let first = try ranking(&parts, by: method, options, state, reader).first else {
                    answers.append(nil)
                    continue
                }
                let score = method == .words ? first.score
                    : try vector.flatMap {
                        try vectorSearch($0, state).bestPassage(ofDocument: first.document, reader)
                    }?.score.asCosine
                guard let document = try reader.document(forKey: first.document), let score else {
                    throw IndexError(.damaged, path, "document \(first.document) is missing")
                }
                answers.append(BestAnswer(id: document.id, score: score))
            }
            return answers
        }
    }

    private func ranking(
        _ parts: inout RankingParts, by method: RankingMethod, _ options: SearchOptions,
        _ state: State, _ reader: borrowing StoreReader
    ) throws -> RankingParts.Ranking {
        switch method {
        case .meaning:
            let users = SearchOptions().limit
            let first = try near(&parts, users, options, state, reader)
            guard options.limit > users, first.count == users, let last = first.last else {
                return Array(first.prefix(options.limit))
            }
            // What a longer search finds among these, people do not get.
            let found = Set(first.map(\.document))
            return try first
                + near(&parts, options.limit, options, state, reader)
                .filter { !found.contains($0.document) && $0.score <= last.score }
        case .words: return Array(try worded(&parts, options.limit, options, reader))
        case .meaningAndWords:
            var fusion = ReciprocalRankFusion()
            fusion.add(try near(&parts, Self.fusionDepth, options, state, reader).map(\.document))
            fusion.add(try worded(&parts, Self.fusionDepth, options, reader).map(\.document))
            return fusion.ranking.prefix(options.limit).map { ($0.document, Float($0.score)) }
        }
    }

    /// The nearest documents as a search for `limit` of them finds them.
    private func near(
        _ parts: inout RankingParts, _ limit: Int, _ options: SearchOptions, _ state: State,
        _ reader: borrowing StoreReader
    ) throws -> RankingParts.Ranking {
        guard let vector = parts.vector else { return [] }
        var searched = options
        searched.limit = limit
        // An exact search finds the same first ones, however many it looks for.
        if state.searchesExactly { searched.limit = max(limit, options.limit, Self.fusionDepth) }
        if parts.near[searched.limit] == nil {
            parts.near[searched.limit] = try vectorSearch(vector, state).documents(reader, searched)
                .map { ($0.passage.document, $0.score.asCosine) }
        }
        return Array((parts.near[searched.limit] ?? []).prefix(limit))
    }

    private func worded(
        _ parts: inout RankingParts, _ limit: Int, _ options: SearchOptions, _ reader: borrowing StoreReader
    ) throws -> ArraySlice<(document: UInt64, score: Float)> {
        if parts.worded == nil {
            var searched = options
            searched.limit = max(limit, options.limit, Self.fusionDepth)
            parts.worded = try wordHits(Terms.of(parts.query), searched, reader).map { ($0.document, Float($0.score)) }
        }
        return (parts.worded ?? []).prefix(limit)
    }
}

/// What a query has found so far, for rankings to share.
private struct RankingParts {
    typealias Ranking = [(document: UInt64, score: Float)]

    let query: String
    let vector: [Float]?
    /// By the number of documents that were looked for.
    var near: [Int: Ranking] = [:]
    var worded: Ranking?

    init(query: String, vector: [Float]?) {
        self.query = query
        self.vector = vector
    }
}
