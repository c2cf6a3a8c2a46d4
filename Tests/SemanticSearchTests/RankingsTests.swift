import BiEncoder
import SemanticSearch
import TestSupport
import Testing

/// Rankings for evaluations are those that people get, whatever depth they are evaluated to.
@Suite struct `Rankings of many queries` {
    private func withIndex(_ factory: String, _ body: (SearchIndex, BiEncoder) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let encoder = try tinyEncoder()
            var options = BuildOptions()
            options.factory = factory
            _ = try SearchIndex.build(at: folder + "/faq", from: someDocuments(600), with: encoder, options: options)
            try body(SearchIndex(opening: folder + "/faq"), encoder)
        }
    }

    private let queries = ["how do i change order 17", "change of order no. 3 please", "order 599", "please"]

    // Codes of 4 bits leave much to chance; a graph and lists of few rows miss some.
    @Test(arguments: ["Flat", "HNSW4", "IVF16,Flat", "PQ4x4"])
    func `begin with what a search for ten finds`(factory: String) throws {
        try withIndex(factory) { index, encoder in
            var embeddings = try encoder.embed(queries, as: .query)
            embeddings.scaleToUnitLength()
            let rankings = try index.rankings(
                of: queries, embeddings, by: RankingMethod.allCases, options: SearchOptions(limit: 400))
            for (row, query) in queries.enumerated() {
                let near = try index.search(query, with: encoder, limit: 10).map(\.document.id)
                #expect(Array(rankings[0][row].prefix(10).map(\.id)) == near)
                let worded = try index.search(words: query, options: SearchOptions(limit: 10)).map(\.document.id)
                #expect(Array(rankings[1][row].prefix(10).map(\.id)) == worded)
                let both = try index.search(wordsAndMeaning: query, Array(embeddings[row]), options: SearchOptions(limit: 10))
                #expect(Array(rankings[2][row].prefix(10).map(\.id)) == both.map(\.document.id))
                for method in rankings {
                    #expect(method[row].count <= 400 && Set(method[row].map(\.id)).count == method[row].count)
                    #expect(zip(method[row], method[row].dropFirst()).allSatisfy { $0.score >= $1.score })
                }
            }
            #expect(rankings[0].allSatisfy { $0.count > 100 })
            let answers = try index.bestAnswers(of: queries, embeddings, by: .meaning, options: SearchOptions())
            #expect(answers.map { $0?.id } == rankings[0].map { $0.first?.id })
            let worded = try index.bestAnswers(of: queries, nil, by: .words, options: SearchOptions())
            #expect(worded.map { $0?.id } == rankings[1].map { $0.first?.id })
            #expect(worded.map { $0?.score } == rankings[1].map { $0.first?.score })
        }
    }
}
