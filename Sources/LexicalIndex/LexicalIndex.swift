package import LMDB

/// Keyword search over documents, in tables of an LMDB environment that may hold other tables too.
///
/// Documents are known by keys of the caller's and consist of terms (see `Terms`); a search ranks
/// those that have terms of the query by `BM25`. All methods work within a transaction of the
/// caller's, so that documents, vectors and keywords are committed together. When a method that
/// writes throws, the transaction must be rolled back: tables may disagree until then.
///
/// Records that are not what they should be make reading fail with an error that names table and
/// key (`LexicalIndexError.Reason.damaged`), never with a wrong answer: every value has a checksum.
///
/// A handle, cheap to copy; it may be shared by all threads.
package struct LexicalIndex: Sendable {
    let tables: LexicalTables

    /// Opens the index of an environment, or makes an empty one, as a part of a transaction.
    ///
    /// The environment must allow four databases more. The handle is valid as `Database` says: not
    /// after the transaction was rolled back.
    ///
    /// - Throws: `newerFormat`; `damaged`; `database`.
    package init(creatingIn transaction: inout WriteTransaction) throws(LexicalIndexError) {
        let folder = transaction.path
        do throws(LMDBError) {
            tables = try LexicalTables(creatingIn: &transaction)
            // Totals that are missing beside documents are damage, which is told below.
            if try transaction.count(of: tables.totals) == 0,
                try transaction.count(of: tables.documents) == 0
            {
                try transaction.put(Totals().record, forKey: Totals.key, in: tables.totals)
            }
        } catch {
            throw LexicalIndexError(error, folder: folder)
        }
        _ = try totals(in: transaction)
    }

    /// Opens the index of an environment, in a short transaction of its own.
    ///
    /// - Throws: `missing` when there is none; `newerFormat`; `damaged`; `database`.
    package init(opening environment: Environment) throws(LexicalIndexError) {
        let folder = environment.path
        tables = try LexicalIndexError.wrapping(folder) {
            let totals: Database<String>
            do {
                totals = try environment.openDatabase(LexicalTable.totals.rawValue)
            } catch LMDBError.Code.notFound {
                throw LexicalIndexError(.missing, folder: folder, "there is no keyword index")
            }
            // Another format may have other tables.
            _ = try environment.read { try Self.readTotals(in: $0, totals) }
            return try LexicalTables(opening: environment, totals: totals)
        }
    }

    /// Removes all documents, at O(pages).
    package func removeAll(in transaction: inout WriteTransaction) throws(LexicalIndexError) {
        do throws(LMDBError) {
            try transaction.removeAll(in: tables.terms)
            try transaction.removeAll(in: tables.postings)
            try transaction.removeAll(in: tables.documents)
            try transaction.put(Totals().record, forKey: Totals.key, in: tables.totals)
        } catch {
            throw LexicalIndexError(error, folder: transaction.path)
        }
    }
}
