package import LMDB

/// A document that a search has found.
package struct LexicalHit: Sendable, Equatable {
    /// The document's key.
    package let document: UInt64
    /// See `BM25`; above 0.
    package let score: Double

    package init(document: UInt64, score: Double) {
        self.document = document
        self.score = score
    }
}

extension LexicalIndex {
    /// The documents that have terms of the query, best first; those with equal scores in the order
    /// of keys.
    ///
    /// O(postings of the query's terms).
    ///
    /// - Parameters:
    ///   - terms: Repeated terms count as often as they come; empty ones do not count.
    ///   - limit: How many documents to return at most.
    ///   - accept: Whether a document may be among them. Asked about the best documents first,
    ///     about each once, and only until `limit` are accepted.
    /// - Throws: what `accept` throws; `LexicalIndexError` with `damaged` or `database`.
    package func search<Access>(
        terms: [String], limit: Int, in transaction: borrowing Transaction<Access>,
        where accept: (_ document: UInt64) throws -> Bool = { _ in true }
    ) throws -> [LexicalHit] {
        if limit <= 0 { return [] }
        let query = try LexicalQuery(terms: terms, self, in: transaction)
        var candidates = try RankedHits(scores(of: query, in: transaction).hits)
        var accepted: [LexicalHit] = []
        while accepted.count < limit, let best = candidates.popBest() {
            if try accept(best.document) { accepted.append(best) }
        }
        return accepted
    }

    /// The scores of all documents that have a term of the query.
    private func scores<Access>(
        of query: LexicalQuery, in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) -> ScoreAccumulator {
        do {
            guard let largest = try largestDocument(in: transaction) else {
                return ScoreAccumulator(documents: 0, largest: 0)
            }
            var scores = ScoreAccumulator(documents: query.totals.documents, largest: largest)
            try transaction.withCursor(in: tables.postings) { cursor in
                for part in query.parts {
                    guard let entry = part.entry else { continue }
                    if let defect = try add(part, entry, query, to: &scores, &cursor) {
                        throw Self.damaged(transaction, .postings, "\(entry.number)", defect)
                    }
                }
            }
            return scores
        } catch let error as LexicalIndexError {
            throw error
        } catch let error as LMDBError {
            throw LexicalIndexError(error, folder: transaction.path)
        } catch {
            throw LexicalIndexError(.database, folder: transaction.path, "\(error)")
        }
    }

    /// Adds a term's part to the scores.
    ///
    /// - Returns: What is wrong with the postings, or nil.
    private func add(
        _ part: LexicalQuery.Part, _ entry: DictionaryEntry, _ query: LexicalQuery,
        to scores: inout ScoreAccumulator, _ cursor: inout Cursor<UInt64>
    ) throws -> String? {
        let keyChecksum = SealedRecord.checksum(ofKey: entry.number)
        var count: UInt64 = 0
        var areWhole = true
        try cursor.forEachRun(ofKey: entry.number) { run in
            areWhole = areWhole && run.byteCount % Posting.byteCount == 0
            if !areWhole { return }
            for offset in stride(from: 0, to: run.byteCount, by: Posting.byteCount) {
                guard let posting = Posting(record: run, at: offset, after: keyChecksum) else {
                    areWhole = false
                    return
                }
                let score = query.contribution(
                    of: part, frequency: posting.frequency, length: posting.length)
                if !scores.add(score, to: posting.document) {
                    areWhole = false
                    return
                }
                count += 1
            }
        }
        if !areWhole { return Self.defect + ", or that names no document" }
        if count != entry.documentFrequency {
            return "has \(count) documents, and the dictionary counts \(entry.documentFrequency)"
        }
        return nil
    }
}
