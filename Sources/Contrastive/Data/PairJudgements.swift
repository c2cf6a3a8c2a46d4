internal import EmbeddingStore
package import Records
package import SemanticSearch

/// Which documents answer which queries, by pairs.
package struct PairJudgements: Sendable {
    /// Each distinct query, in the order of the pairs.
    package private(set) var queries: [String] = []
    /// Relevance 1, or 0 for a pair whose label or score says that the document does not answer.
    package private(set) var judgements: [(query: Int, document: String, relevance: Int)] = []
    /// Texts given as answers that no document has.
    package private(set) var unmatched: [String] = []

    /// - Throws: what the documents throw, and `RecordError` with the line of an id that they lack.
    init(
        _ pairs: [RawPair], positiveFrom: Double, range: ClosedRange<Double>?,
        among documents: some DocumentSource, byTextAlone: Bool
    ) throws {
        let lookup = try DocumentLookup(documents)
        var table = TextTable()
        var isUnmatched: Set<[UInt8]> = []
        for pair in pairs {
            let query = table.insert(pair.query)
            let relevance = pair.isPositive(from: positiveFrom, range: range) ? 1 : 0
            if !pair.positiveIDs.isEmpty, !byTextAlone {
                for id in pair.positiveIDs {
                    guard lookup.has(id) else {
                        throw RecordError(
                            path: pair.path, line: pair.line,
                            reason: "there is no document with the id \"\(id)\"")
                    }
                    judgements.append((query, id, relevance))
                }
                continue
            }
            for text in pair.positives {
                let ids = lookup.ids(of: text)
                if ids.isEmpty, relevance > 0, isUnmatched.insert(Array(text.utf8)).inserted {
                    unmatched.append(text)
                }
                judgements += ids.map { (query, $0, relevance) }
            }
        }
        queries = table.texts
    }
}

extension PairReader {
    /// Which documents answer the pairs' queries. An id says which; a text stands for every document
    /// that has it as question, alternate or answer.
    ///
    /// - Parameter byTextAlone: for documents that know nothing of the pairs' ids, as `passages` makes
    ///   them.
    /// - Throws: what the documents throw, and `RecordError` with the line of an id that they lack.
    package func judgements(
        among documents: some DocumentSource, byTextAlone: Bool = false
    ) throws -> PairJudgements {
        try PairJudgements(
            rawPairs, positiveFrom: positiveFrom, range: scoreRange, among: documents,
            byTextAlone: byTextAlone)
    }

    /// The pairs' own passages as a corpus, each distinct text a document that its number names.
    ///
    /// - Throws: `RecordError` with the line of a pair that names its document by id.
    package func passages() throws(RecordError) -> [Document] {
        var texts = TextTable()
        for pair in rawPairs {
            guard !pair.positives.isEmpty else {
                throw RecordError(
                    path: pair.path, line: pair.line,
                    reason: "the pair names its document by id; give the corpus with --corpus")
            }
            for text in pair.positives + pair.negatives { _ = texts.insert(text) }
        }
        return texts.texts.enumerated().map {
            Document(id: "\($0 + 1)", question: $1)
        }
    }
}

extension RawPair {
    /// Whether the two belong together, by label or score.
    func isPositive(from least: Double, range: ClosedRange<Double>?) -> Bool {
        if let label { return label != 0 }
        guard let score, let range else { return true }
        let width = range.upperBound - range.lowerBound
        return width > 0 ? (score - range.lowerBound) / width >= least : true
    }
}
