internal import LMDB

/// Reading of single records.
extension LexicalIndex {
    func totals<Access>(
        in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) -> Totals {
        try Self.readTotals(in: transaction, tables.totals)
    }

    static func readTotals<Access>(
        in transaction: borrowing Transaction<Access>, _ table: Database<String>
    ) throws(LexicalIndexError) -> Totals {
        let found: (format: UInt32?, totals: Totals?)?
        do throws(LMDBError) {
            found = try transaction.withValue(forKey: Totals.key, in: table) { bytes in
                (Totals.format(ofRecord: bytes), Totals(record: bytes))
            }
        } catch {
            throw LexicalIndexError(error, folder: transaction.path)
        }
        if let format = found?.format, format > Totals.formatVersion {
            throw LexicalIndexError(
                .newerFormat(format), folder: transaction.path,
                "the keyword index has format \(format), and this program reads up to "
                    + "\(Totals.formatVersion): a newer program is needed")
        }
        guard let totals = found?.totals else {
            throw damaged(
                transaction, .totals, Totals.key, found == nil ? "is missing" : defect)
        }
        return totals
    }

    /// What the dictionary says of a term; nil when no document has it.
    func entry<Access>(
        of term: Term, in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) -> DictionaryEntry? {
        let found: DictionaryEntry??
        do throws(LMDBError) {
            found = try transaction.withValue(forKey: term.bytes, in: tables.terms) { bytes in
                DictionaryEntry(record: bytes, of: term)
            }
        } catch {
            throw LexicalIndexError(error, folder: transaction.path)
        }
        switch found {
        case .some(let entry?): return entry
        case .some(nil): throw Self.damaged(transaction, .terms, term.shown, Self.defect)
        case nil: return nil
        }
    }

    /// A document's terms; nil when the index does not have the document.
    func documentTerms<Access>(
        of key: UInt64, in transaction: borrowing Transaction<Access>
    ) throws(LexicalIndexError) -> DocumentTerms? {
        let found: DocumentTerms??
        do throws(LMDBError) {
            found = try transaction.withValue(forKey: key, in: tables.documents) { bytes in
                DocumentTerms(record: bytes, ofDocument: key)
            }
        } catch {
            throw LexicalIndexError(error, folder: transaction.path)
        }
        switch found {
        case .some(let terms?): return terms
        case .some(nil): throw Self.damaged(transaction, .documents, "\(key)", Self.defect)
        case nil: return nil
        }
    }

    /// The largest key of a document; nil when there is none.
    func largestDocument<Access>(
        in transaction: borrowing Transaction<Access>
    ) throws -> UInt64? {
        try transaction.withCursor(in: tables.documents) { cursor in
            try cursor.move(.last) { key, _ in UInt64(keyBytes: key) }
        } ?? nil
    }

    /// What is said of a record that cannot be read.
    static let defect = "has a record whose checksum or form is wrong"

    static func damaged<Access>(
        _ transaction: borrowing Transaction<Access>, _ table: LexicalTable, _ key: String,
        _ detail: String
    ) -> LexicalIndexError {
        LexicalIndexError(.damaged, folder: transaction.path, table: table, key: key, detail)
    }
}
