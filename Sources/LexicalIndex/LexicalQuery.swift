internal import LMDB

/// A query with what the index knows of its terms.
struct LexicalQuery {
    struct Part {
        /// The term as the caller wrote it, where it came first.
        let text: String
        let term: Term
        /// How often the query has the term.
        var count: Int
        /// Nil when no document has the term.
        let entry: DictionaryEntry?
        /// See `BM25`.
        let idf: Double
    }

    /// Each different term once, in the order in which the query has them first.
    let parts: [Part]
    let totals: Totals
    /// See `Totals.averageLength`; 1 when no document has any term, and no part has an entry then.
    let averageLength: Double

    /// Looks the terms up. O(terms · log n).
    init<Access>(
        terms: [String], _ index: LexicalIndex, in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) {
        totals = try index.totals(in: transaction)
        var parts: [Part] = []
        var positions: [Term: Int] = [:]
        for text in terms {
            guard let term = Term(text) else { continue }
            if let position = positions[term] {
                parts[position].count += 1
                continue
            }
            let entry = try index.entry(of: term, in: transaction)
            if let entry {
                guard (1...max(1, totals.documents)).contains(entry.documentFrequency),
                    totals.averageLength != nil
                else {
                    throw LexicalIndex.damaged(
                        transaction, .terms, term.shown,
                        "is counted in \(entry.documentFrequency) documents, which disagrees with "
                            + "the totals")
                }
            }
            positions[term] = parts.count
            parts.append(
                Part(
                    text: text, term: term, count: 1, entry: entry,
                    idf: BM25.idf(
                        documentFrequency: entry?.documentFrequency ?? 0,
                        documents: totals.documents)))
        }
        self.parts = parts
        averageLength = totals.averageLength ?? 1
    }

    /// What a term adds to the score of a document that has it.
    @inline(__always)
    func contribution(of part: Part, frequency: UInt32, length: UInt32) -> Double {
        Double(part.count) * part.idf
            * BM25.saturation(frequency: frequency, length: length, averageLength: averageLength)
    }
}
