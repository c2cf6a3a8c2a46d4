import LMDB

/// How many records a store holds.
public struct StoreCounts: Sendable, Equatable {
    public let documents: Int
    public let vectors: Int
    /// Distinct inputs of the encoder that have a vector.
    public let texts: Int
    /// Rows of the search index.
    public let rows: Int
    /// Texts of documents that have a vector.
    public let passages: Int
    /// Vectors in use that have no row.
    public let pending: Int
    /// Rows whose vectors stand for no text.
    public let tombstones: Int

    public init(
        documents: Int, vectors: Int, texts: Int, rows: Int, passages: Int,
        pending: Int, tombstones: Int
    ) {
        self.documents = documents
        self.vectors = vectors
        self.texts = texts
        self.rows = rows
        self.passages = passages
        self.pending = pending
        self.tombstones = tombstones
    }
}

extension StoreTransaction {
    /// How many records there are. O(1).
    public func counts() throws(StoreError) -> StoreCounts {
        do throws(LMDBError) {
            return StoreCounts(
                documents: try transaction.count(of: tables.documents),
                vectors: try transaction.count(of: tables.vectors),
                texts: try transaction.count(of: tables.texts),
                rows: try transaction.count(of: tables.rows),
                passages: try transaction.count(of: tables.passages),
                pending: try transaction.count(of: tables.pending),
                tombstones: try transaction.count(of: tables.tombstones))
        } catch {
            throw StoreError(error, folder: store.folder)
        }
    }
}
