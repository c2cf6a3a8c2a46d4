import LMDB

/// The tables of a store, by their names in the LMDB environment. See the article "Layout".
enum StoreTable: String, CaseIterable {
    case meta
    case documents
    case vectors
    case texts
    case rows
    case vectorRows = "vector_rows"
    case pending
    case tombstones
    case passages
    case documentVectors = "document_vectors"
    case ids
}

/// The handles of the tables, each with the type of its keys.
struct StoreTables: Sendable {
    let meta: Database<String>
    let documents: Database<UInt64>
    let vectors: Database<UInt64>
    let texts: Database<[UInt8]>
    let rows: Database<UInt64>
    let vectorRows: Database<UInt64>
    let pending: Database<UInt64>
    let tombstones: Database<UInt64>
    let passages: Database<UInt64>
    let documentVectors: Database<UInt64>
    let ids: Database<[UInt8]>

    private static let passageKind = DatabaseKind.sortedSet(
        ofSize: Passage.byteCount + Seal.byteCount)

    /// Makes the tables as a part of a transaction.
    init(creatingIn transaction: inout WriteTransaction) throws(LMDBError) {
        meta = try transaction.openDatabase(StoreTable.meta.rawValue)
        documents = try transaction.openDatabase(StoreTable.documents.rawValue)
        vectors = try transaction.openDatabase(StoreTable.vectors.rawValue)
        texts = try transaction.openDatabase(StoreTable.texts.rawValue)
        rows = try transaction.openDatabase(StoreTable.rows.rawValue)
        vectorRows = try transaction.openDatabase(StoreTable.vectorRows.rawValue)
        pending = try transaction.openDatabase(StoreTable.pending.rawValue)
        tombstones = try transaction.openDatabase(StoreTable.tombstones.rawValue)
        passages = try transaction.openDatabase(
            StoreTable.passages.rawValue, kind: Self.passageKind)
        documentVectors = try transaction.openDatabase(
            StoreTable.documentVectors.rawValue, kind: Self.passageKind)
        ids = try transaction.openDatabase(StoreTable.ids.rawValue)
    }

    /// Opens the tables of a store whose format has been checked.
    init(opening environment: Environment, meta: Database<String>) throws {
        self.meta = meta
        documents = try environment.openDatabase(StoreTable.documents.rawValue)
        vectors = try environment.openDatabase(StoreTable.vectors.rawValue)
        texts = try environment.openDatabase(StoreTable.texts.rawValue)
        rows = try environment.openDatabase(StoreTable.rows.rawValue)
        vectorRows = try environment.openDatabase(StoreTable.vectorRows.rawValue)
        pending = try environment.openDatabase(StoreTable.pending.rawValue)
        tombstones = try environment.openDatabase(StoreTable.tombstones.rawValue)
        passages = try environment.openDatabase(
            StoreTable.passages.rawValue, kind: Self.passageKind)
        documentVectors = try environment.openDatabase(
            StoreTable.documentVectors.rawValue, kind: Self.passageKind)
        ids = try environment.openDatabase(StoreTable.ids.rawValue)
    }
}
