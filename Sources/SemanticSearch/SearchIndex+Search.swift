public import BiEncoder
public import EmbeddingStore
internal import Tensors
internal import VectorIndex

/// A document that a search found.
public struct Hit: Sendable, Equatable {
    public let document: Document
    /// The cosine of the query and the passage, in [-1, 1].
    public let score: Float
    /// The text of the document that matched best: its question or one of the alternates.
    public let passage: String

    public init(document: Document, score: Float, passage: String) {
        self.document = document
        self.score = score
        self.passage = passage
    }
}

extension SearchIndex {
    /// The documents nearest to a query in meaning, ranked by their best passage.
    ///
    /// - Parameters:
    ///   - encoder: the model of the index; see `check`.
    ///   - limit: the most documents, at least 1. Beyond the corpus, every document is returned.
    ///   - minimumScore: documents below it are left out.
    public func search(
        _ query: String, with encoder: BiEncoder, limit: Int = 10, minimumScore: Float = -1
    ) throws -> [Hit] {
        try search(
            encoder.embed([query], as: .query), limit: limit, minimumScore: minimumScore,
            with: encoder)
    }

    /// As above, for a query that `encoder` has embedded.
    public func search(
        _ query: Embeddings, limit: Int = 10, minimumScore: Float = -1, with encoder: BiEncoder
    ) throws -> [Hit] {
        var query = query
        if !encoder.folder.normalizes { query.scaleToUnitLength() }
        return try search(query.values, limit: limit, minimumScore: minimumScore)
    }

    /// The documents nearest to a vector of unit length, ranked by their best passage; of equal
    /// scores the vector that was stored first comes first.
    ///
    /// - Throws: `IndexError` when the vector has another number of elements than the index or
    ///   `limit` is below 1.
    public func search(_ vector: [Float], limit: Int, minimumScore: Float = -1) throws -> [Hit] {
        guard limit >= 1 else { throw IndexError(.invalid, path, "a search for \(limit) documents") }
        return try withSnapshot { state, reader in
            guard vector.count == state.manifest.dimensions else {
                throw IndexError(
                    .invalid, path,
                    "the query has \(vector.count) elements, the index's vectors "
                        + "\(state.manifest.dimensions)")
            }
            // Several passages may be of one document, so more rows are asked for as needed.
            var rows = min(state.vectors.count, limit.addingReportingOverflow(limit).partialValue)
            if rows <= 0 { rows = state.vectors.count }
            while true {
                let neighbours = try state.vectors.search(vector.span, k: rows)[0]
                let candidates = neighbours.filter { $0.score >= minimumScore }
                let best = try bestPassages(candidates, limit, reader)
                if best.count == limit || rows >= state.vectors.count
                    || candidates.count < neighbours.count
                {
                    return try best.map { try hit($0, reader) }
                }
                rows = min(state.vectors.count, rows * 4)
            }
        }
    }

    /// The first `limit` documents in the order of rows, each with the passage of its first row.
    private func bestPassages(
        _ neighbours: [Neighbour], _ limit: Int, _ reader: borrowing StoreReader
    ) throws -> [(passage: Passage, score: Float)] {
        var seen: Set<UInt64> = []
        var best: [(passage: Passage, score: Float)] = []
        for neighbour in neighbours {
            guard let vector = try reader.vectorKey(forRow: UInt64(neighbour.row)) else {
                throw IndexError(.damaged, path, "row \(neighbour.row) stands for no vector")
            }
            for passage in try reader.passages(ofVector: vector)
            where best.count < limit && seen.insert(passage.document).inserted {
                best.append((passage, neighbour.score))
            }
            if best.count == limit { break }
        }
        return best
    }

    private func hit(
        _ best: (passage: Passage, score: Float), _ reader: borrowing StoreReader
    ) throws -> Hit {
        let key = best.passage.document
        guard let document = try reader.document(forKey: key),
            let text = document.text(of: best.passage)
        else { throw IndexError(.damaged, path, "a vector stands for document \(key), which lacks it") }
        // Rounding can put the product of two vectors of length 1 just beyond 1.
        return Hit(document: document, score: max(-1, min(1, best.score)), passage: text)
    }
}
