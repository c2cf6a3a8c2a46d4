import FoundationEssentials
import JSON
import LMDB
import LexicalIndex
import TestSupport
import Testing

/// Against the Python package bm25s, see tools/fixtures/bm25.py.
@Suite struct BM25Tests {
    @Test(arguments: ["adds", "removals", "help-desk", "japanese"])
    func `scores and order are those of bm25s after any adds and removals`(name: String) throws {
        let data = try Data(contentsOf: URL(filePath: fixture("bm25/\(name).json")))
        let file = try data.withUnsafeBytes {
            try JSONValue(parsing: $0.assumingMemoryBound(to: UInt8.self))
        }
        try withTemporaryFolder { folder in
            let shelf = try Shelf(folder)
            for step in try #require(file["steps"]?.array) {
                if let key = step["remove"]?.integer {
                    #expect(try shelf.remove(UInt64(key)))
                } else {
                    let key = try #require(step["add"]?.integer)
                    try shelf.add([(UInt64(key), try strings(step["terms"]))])
                }
            }
            #expect(try shelf.verify() == [])
            for query in try #require(file["queries"]?.array) {
                let terms = try strings(query["terms"])
                let expected = try #require(query["hits"]?.array).map { hit in
                    LexicalHit(
                        document: UInt64(try #require(hit.array?[0].integer)),
                        score: try #require(hit.array?[1].double))
                }
                let found = try shelf.search(terms, limit: 25)
                try #require(found.count == expected.count)
                for (found, expected) in zip(found, expected) {
                    #expect(abs(found.score - expected.score) < 1e-12 * expected.score)
                }
                #expect(sorted(found) == sorted(expected))
                try checkExplanations(shelf, terms, found)
            }
        }
    }

    private func strings(_ value: JSONValue?) throws -> [String] {
        try #require(value?.array).map { try #require($0.string) }
    }

    /// The keys by score and key. Sums of the same parts in another order differ in their last bits.
    private func sorted(_ hits: [LexicalHit]) -> [UInt64] {
        hits.map { (score: ($0.score * 1e10).rounded(), document: $0.document) }
            .sorted { ($0.score, $1.document) > ($1.score, $0.document) }.map(\.document)
    }

    private func checkExplanations(
        _ shelf: Shelf, _ terms: [String], _ hits: [LexicalHit]
    ) throws {
        try shelf.environment.read { transaction in
            for hit in hits {
                let explanation = try #require(
                    try shelf.index.explain(document: hit.document, terms: terms, in: transaction))
                #expect(abs(explanation.score - hit.score) <= 1e-12 * hit.score)
            }
            let scores = try shelf.index.scores(
                of: hits.map(\.document), terms: terms, in: transaction)
            for (hit, score) in zip(hits, scores) {
                #expect(abs(try #require(score) - hit.score) <= 1e-12 * hit.score)
            }
        }
    }
}
