internal import EmbeddingStore
internal import VectorIndex

/// A document's passage that a search found, with its cosine.
struct FoundPassage {
    let passage: Passage
    let score: Float
}

/// One search by meaning over one snapshot: FAISS's rows, and exactly the vectors beside them.
struct VectorSearch {
    /// Of unit length.
    let query: [Float]
    let vectors: FaissIndex
    /// The index folder, for errors.
    let path: String

    /// A vector and its cosine with the query.
    private struct Candidate {
        let vector: UInt64
        let score: Float

        func precedes(_ other: Candidate) -> Bool {
            score != other.score ? score > other.score : vector < other.vector
        }
    }

    /// The best documents, each with its best passage.
    func documents(
        _ reader: borrowing StoreReader, _ options: SearchOptions
    ) throws -> [FoundPassage] {
        var excluded: Set<UInt64> = []
        if let id = options.excludedID, let key = try reader.documentKey(forID: id) {
            excluded.insert(key)
        }
        let pending = try pending(reader)
        // Several passages may be of one document, and rows may be dead, so more are asked for, and
        // more again as needed.
        let (twice, overflows) = options.limit.addingReportingOverflow(options.limit)
        var count = overflows ? vectors.count : min(vectors.count, twice)
        while true {
            let rows = try rows(count, reader)
            // Beyond the last row there may be rows as good as the pending vectors further down.
            let edge = count < vectors.count ? rows.last?.score : nil
            var candidates = rows + pending.filter { $0.score > edge ?? -.infinity }
            candidates.sort { $0.precedes($1) }
            candidates.removeAll { $0.score < options.minimumScore }
            var seen = excluded
            var best: [FoundPassage] = []
            for candidate in candidates {
                for passage in try reader.passages(ofVector: candidate.vector)
                where best.count < options.limit && seen.insert(passage.document).inserted {
                    best.append(FoundPassage(passage: passage, score: candidate.score))
                }
                if best.count == options.limit { return best }
            }
            if count == vectors.count || edge.map({ $0 < options.minimumScore }) ?? false { return best }
            count = min(vectors.count, count * 4)
        }
    }

    /// The best rows of the FAISS file, with their cosines by the store's vectors.
    private func rows(_ count: Int, _ reader: borrowing StoreReader) throws -> [Candidate] {
        guard count > 0 else { return [] }
        var found: [Candidate] = []
        for neighbour in try vectors.search(query.span, k: count)[0] {
            guard let vector = try reader.vectorKey(forRow: UInt64(neighbour.row)) else {
                throw damaged("row \(neighbour.row) stands for no vector")
            }
            let candidate = try candidate(vector, reader)
            guard abs(candidate.score - neighbour.score) < Self.tolerance else {
                throw damaged("row \(neighbour.row) of the FAISS file is not vector \(vector)")
            }
            found.append(candidate)
        }
        return found
    }

    /// How far FAISS's inner product and the store's may lie apart by rounding.
    private static let tolerance: Float = 1e-4

    /// The vectors that the FAISS file lacks, with their cosines. O(number of them).
    private func pending(_ reader: borrowing StoreReader) throws -> [Candidate] {
        var keys: [UInt64] = []
        try reader.forEachPendingVector { keys.append($0) }
        var found: [Candidate] = []
        for key in keys { found.append(try candidate(key, reader)) }
        return found
    }

    private func candidate(_ key: UInt64, _ reader: borrowing StoreReader) throws -> Candidate {
        let score = try reader.withVector(forKey: key) { innerProduct(query.span, $0) }
        guard let score else { throw damaged("vector \(key) is missing") }
        return Candidate(vector: key, score: score)
    }

    private func damaged(_ reason: String) -> IndexError {
        IndexError(.damaged, path, "\(reason): run kotae index verify")
    }
}
