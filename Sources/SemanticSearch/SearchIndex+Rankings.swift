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
    /// Of the query and the document's best passage.
    package let cosine: Float
}

extension SearchIndex {
    /// The rankings of many queries over one snapshot, as searches give them, without the documents.
    ///
    /// - Parameters:
    ///   - embeddings: of the queries, of unit length; nil for a ranking by words alone.
    ///   - report: gets how many queries have been searched.
    /// - Throws: as the searches do.
    package func rankings(
        of queries: [String], _ embeddings: Embeddings?, by method: RankingMethod,
        options: SearchOptions, report: (Int) -> Void = { _ in }
    ) throws -> [[RankedDocument]] {
        try checkLimit(options)
        return try withSnapshot { state, reader in
            var ids: [UInt64: String] = [:]
            try reader.forEachDocument { key, document in ids[key] = document.id }
            var rankings: [[RankedDocument]] = []
            for (index, query) in queries.enumerated() {
                let vector = embeddings.map { Array($0[index]) }
                let ranking = try ranking(of: query, vector, by: method, options, state, reader)
                var named: [RankedDocument] = []
                for (document, score) in ranking {
                    guard let id = ids[document] else {
                        throw IndexError(.damaged, path, "document \(document) is missing")
                    }
                    named.append(RankedDocument(id: id, score: score))
                }
                rankings.append(named)
                report(index + 1)
            }
            return rankings
        }
    }

    /// The best document for each of many queries, with its cosine whatever the ranking goes by; nil
    /// for a query that finds none.
    ///
    /// - Parameters: see `rankings`; the limit is of no interest.
    /// - Throws: as the searches do.
    package func bestAnswers(
        of queries: [String], _ embeddings: Embeddings, by method: RankingMethod, options: SearchOptions
    ) throws -> [BestAnswer?] {
        var options = options
        options.limit = 1
        return try withSnapshot { state, reader in
            var answers: [BestAnswer?] = []
            for (index, query) in queries.enumerated() {
                let vector = Array(embeddings[index])
                guard let first = try ranking(of: query, vector, by: method, options, state, reader).first else {
                    answers.append(nil)
                    continue
                }
                let best = try vectorSearch(vector, state).bestPassage(ofDocument: first.document, reader)
                guard let document = try reader.document(forKey: first.document), let best else {
                    throw IndexError(.damaged, path, "document \(first.document) is missing")
                }
                answers.append(BestAnswer(id: document.id, cosine: best.score.asCosine))
            }
            return answers
        }
    }

    private typealias Ranking = [(document: UInt64, score: Float)]

    private func ranking(
        of query: String, _ vector: [Float]?, by method: RankingMethod, _ options: SearchOptions,
        _ state: State, _ reader: borrowing StoreReader
    ) throws -> Ranking {
        switch method {
        case .meaning: return try near(vector, options, state, reader)
        case .words: return try worded(query, options, reader)
        case .meaningAndWords:
            var deep = options
            deep.limit = max(options.limit, Self.fusionDepth)
            var fusion = ReciprocalRankFusion()
            fusion.add(try near(vector, deep, state, reader).map(\.document))
            fusion.add(try worded(query, deep, reader).map(\.document))
            return fusion.ranking.prefix(options.limit).map { ($0.document, Float($0.score)) }
        }
    }

    private func near(
        _ vector: [Float]?, _ options: SearchOptions, _ state: State, _ reader: borrowing StoreReader
    ) throws -> Ranking {
        guard let vector else { return [] }
        return try vectorSearch(vector, state).documents(reader, options)
            .map { ($0.passage.document, $0.score.asCosine) }
    }

    private func worded(
        _ query: String, _ options: SearchOptions, _ reader: borrowing StoreReader
    ) throws -> Ranking {
        try wordHits(Terms.of(query), options, reader).map { ($0.document, Float($0.score)) }
    }
}
