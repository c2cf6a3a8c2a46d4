package import LMDB

/// How much a keyword index holds.
package struct LexicalCounts: Sendable, Equatable {
    /// Documents, those without any term included.
    package let documents: Int
    /// Terms of all documents, repetitions counted.
    package let length: Int
    /// Different terms.
    package let terms: Int
}

extension LexicalIndex {
    /// How much the index holds. O(1).
    package func counts<Access>(
        in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) -> LexicalCounts {
        let totals = try totals(in: transaction)
        guard let documents = Int(exactly: totals.documents),
            let length = Int(exactly: totals.length)
        else { throw Self.damaged(transaction, .totals, Totals.key, "has impossible numbers") }
        do throws(LMDBError) {
            return LexicalCounts(
                documents: documents, length: length,
                terms: try transaction.count(of: tables.terms))
        } catch {
            throw LexicalIndexError(error, folder: transaction.path)
        }
    }

    /// Whether a document is in the index, be it without terms. O(log n).
    package func contains<Access>(
        document key: UInt64, in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) -> Bool {
        do throws(LMDBError) {
            return try transaction.contains(key, in: tables.documents)
        } catch {
            throw LexicalIndexError(error, folder: transaction.path)
        }
    }
}
