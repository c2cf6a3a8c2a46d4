package import LMDB

extension LexicalIndex {
    /// Reads every record and says where tables disagree; empty when all is well.
    ///
    /// At most `limit` disagreements are told, and no user's texts with them. O(postings); memory
    /// for the different terms.
    ///
    /// - Throws: `newerFormat`; `database`.
    package func verify<Access>(
        limit: Int = 100, in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) -> [String] {
        do {
            var verification = LexicalVerification(limit: limit)
            try verification.readDocuments(tables, transaction)
            try verification.check(readableTotals(in: transaction))
            try verification.readDictionary(tables, transaction)
            try verification.readPostings(tables, transaction)
            return verification.reports
        } catch let error as LexicalIndexError {
            throw error
        } catch let error as LMDBError {
            throw LexicalIndexError(error, folder: transaction.path)
        } catch {
            throw LexicalIndexError(.database, folder: transaction.path, "\(error)")
        }
    }

    /// The totals; nil when they are damaged.
    private func readableTotals<Access>(
        in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) -> Totals? {
        do {
            return try totals(in: transaction)
        } catch  where error.reason == .damaged {
            return nil
        }
    }
}
