internal import LMDB

#if _endian(big)
    #error("Records are read in place, and their numbers are little-endian.")
#endif

/// The tables of a keyword index, by their names in the LMDB environment.
///
/// Every value ends with a checksum, see `SealedRecord`. Numbers are little-endian, except in
/// `postings`, where document and frequency are big-endian so that LMDB sorts by document.
///
/// | table | flags | key | value before the checksum |
/// |---|---|---|---|
/// | `lexical_totals` | | `totals` | `Totals` |
/// | `lexical_terms` | | term, UTF-8 | `DictionaryEntry` |
/// | `lexical_postings` | `MDB_INTEGERKEY`, `MDB_DUPSORT`, `MDB_DUPFIXED` | term's number, u64 | `Posting` |
/// | `lexical_documents` | `MDB_INTEGERKEY` | document key, u64 | `DocumentTerms` |
enum LexicalTable: String {
    case totals = "lexical_totals"
    case terms = "lexical_terms"
    case postings = "lexical_postings"
    case documents = "lexical_documents"
}

/// The handles of the tables, each with the type of its keys.
struct LexicalTables: Sendable {
    let totals: Database<String>
    let terms: Database<[UInt8]>
    let postings: Database<UInt64>
    let documents: Database<UInt64>

    private static let postingKind = DatabaseKind.sortedSet(ofSize: Posting.byteCount)

    /// Opens the tables as a part of a transaction and makes those that are missing.
    init(creatingIn transaction: inout WriteTransaction) throws(LMDBError) {
        totals = try transaction.openDatabase(LexicalTable.totals.rawValue)
        terms = try transaction.openDatabase(LexicalTable.terms.rawValue)
        postings = try transaction.openDatabase(
            LexicalTable.postings.rawValue, kind: Self.postingKind)
        documents = try transaction.openDatabase(LexicalTable.documents.rawValue)
    }

    /// Opens the tables of an index whose format has been checked.
    init(opening environment: Environment, totals: Database<String>) throws {
        self.totals = totals
        terms = try environment.openDatabase(LexicalTable.terms.rawValue)
        postings = try environment.openDatabase(
            LexicalTable.postings.rawValue, kind: Self.postingKind)
        documents = try environment.openDatabase(LexicalTable.documents.rawValue)
    }
}
