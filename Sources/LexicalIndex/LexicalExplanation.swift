package import LMDB

/// How a document's score for a query comes about.
package struct LexicalExplanation: Sendable {
    /// What one of the query's terms adds.
    package struct Part: Sendable, Equatable {
        package let term: String
        /// How often the query has the term.
        package let queryFrequency: Int
        /// How often the document has it.
        package let frequency: Int
        /// How many documents have it.
        package let documentFrequency: Int
        /// See `BM25`. Also given for terms that no document has.
        package let idf: Double
        /// What the term adds to the score: 0 when the document does not have it.
        package let contribution: Double
    }

    /// The document's key.
    package let document: UInt64
    /// How many terms the document has, repetitions counted.
    package let length: Int
    /// The average of all documents.
    package let averageLength: Double
    /// Each different term of the query once, in the order in which they came.
    package let parts: [Part]

    /// The sum of the parts: the score that a search gives, to rounding.
    package var score: Double { parts.reduce(0) { $0 + $1.contribution } }
}

extension LexicalIndex {
    /// Explains a document's score, from the document's own record; nil when the index does not
    /// have the document.
    ///
    /// O(terms of the document + terms of the query · log n).
    package func explain<Access>(
        document key: UInt64, terms: [String], in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) -> LexicalExplanation? {
        let query = try LexicalQuery(terms: terms, self, in: transaction)
        return try explain(key, query, in: transaction)
    }

    /// The scores of documents for a query, in their order: 0 for a document that has none of its
    /// terms, nil for one that the index does not have.
    ///
    /// As `explain`, for each document.
    package func scores<Access>(
        of documents: some Sequence<UInt64>, terms: [String],
        in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) -> [Double?] {
        let query = try LexicalQuery(terms: terms, self, in: transaction)
        var scores: [Double?] = []
        for document in documents {
            scores.append(try explain(document, query, in: transaction)?.score)
        }
        return scores
    }

    private func explain<Access>(
        _ key: UInt64, _ query: LexicalQuery, in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) -> LexicalExplanation? {
        guard let document = try documentTerms(of: key, in: transaction) else { return nil }
        var parts: [LexicalExplanation.Part] = []
        for part in query.parts {
            let frequency = document.frequency(of: part.term)
            if frequency > 0, part.entry == nil {
                throw Self.damaged(
                    transaction, .terms, part.term.shown, "is missing, and document \(key) has it")
            }
            parts.append(
                LexicalExplanation.Part(
                    term: part.text, queryFrequency: part.count, frequency: Int(frequency),
                    documentFrequency: Int(clamping: part.entry?.documentFrequency ?? 0),
                    idf: part.idf,
                    contribution: frequency == 0
                        ? 0
                        : query.contribution(
                            of: part, frequency: frequency, length: document.length)))
        }
        return LexicalExplanation(
            document: key, length: Int(document.length), averageLength: query.averageLength,
            parts: parts)
    }
}
