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
    /// Whether FAISS's scores are the inner products, up to rounding.
    let keepsVectors: Bool
    /// The index folder, for errors.
    let path: String

    init(query: [Float], _ state: SearchIndex.State, path: String) {
        self.query = query
        vectors = state.vectors
        keepsVectors = state.isExact || IndexKind.keepsVectors(state.manifest.factory)
        self.path = path
    }

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
        var choice = try DocumentChoice(options, reader)
        let pending = try pending(reader)
        var selection = try liveRows(reader)
        // Several passages may be of one document, and rows may be filtered out, so more are asked
        // for, and more again as needed; codes in place of vectors rank less sharply.
        let factor = keepsVectors ? 2 : 8
        let (several, overflows) = options.limit.multipliedReportingOverflow(by: factor)
        var count = overflows ? vectors.count : several
        while true {
            let available = selection?.count ?? vectors.count
            count = min(count, available)
            let rows = try rows(count, selection, options.effort, reader)
            // Beyond the last row there may be rows as good as the pending vectors further down.
            let edge = count < available ? rows.last?.score : nil
            var candidates = rows + pending.filter { $0.score > edge ?? -.infinity }
            candidates.sort { $0.precedes($1) }
            candidates.removeAll { $0.score < options.minimumScore }
            let best = try best(options.limit, of: candidates, &choice, reader)
            if best.count == options.limit || count == available || edge ?? 1 < options.minimumScore {
                return best
            }
            count *= 4
            if choice.isFiltered, count > Self.mostFiltered, selection?.count ?? .max > 0 {
                selection = try choice.rows(of: vectors.count, reader)
                count = several
            }
        }
    }

    /// From how many rows on a filter is evaluated for all documents rather than for those found.
    private static let mostFiltered = 4096

    private func best(
        _ limit: Int, of candidates: [Candidate], _ choice: inout DocumentChoice,
        _ reader: borrowing StoreReader
    ) throws -> [FoundPassage] {
        var seen: Set<UInt64> = []
        var best: [FoundPassage] = []
        for candidate in candidates {
            for passage in try reader.passages(ofVector: candidate.vector)
            where try best.count < limit && seen.insert(passage.document).inserted
                && choice.accepts(passage.document, reader)
            {
                best.append(FoundPassage(passage: passage, score: candidate.score))
            }
            if best.count == limit { break }
        }
        return best
    }

    /// The rows that stand for a text; nil when all do.
    private func liveRows(_ reader: borrowing StoreReader) throws -> RowSelection? {
        var dead: [Int] = []
        try reader.forEachTombstone { dead.append(Int($0)) }
        return dead.isEmpty ? nil : RowSelection(allBut: dead, of: vectors.count)
    }

    /// The best rows of the FAISS file, with their cosines by the store's vectors.
    private func rows(
        _ count: Int, _ selection: RowSelection?, _ effort: SearchEffort,
        _ reader: borrowing StoreReader
    ) throws -> [Candidate] {
        guard count > 0 else { return [] }
        var found: [Candidate] = []
        for neighbour in try vectors.search(query.span, k: count, effort: effort, among: selection)[0] {
            guard let vector = try reader.vectorKey(forRow: UInt64(neighbour.row)) else {
                throw damaged("row \(neighbour.row) stands for no vector")
            }
            let candidate = try candidate(vector, reader)
            guard !keepsVectors || abs(candidate.score - neighbour.score) < Self.tolerance else {
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
        try reader.forEachVector(of: keys) { key, vector in
            found.append(try candidate(key, vector))
        }
        return found
    }

    /// The best passage of a document; nil when it has no vector.
    func bestPassage(
        ofDocument key: UInt64, _ reader: borrowing StoreReader
    ) throws -> FoundPassage? {
        var best: FoundPassage?
        for (passage, vector) in try reader.vectors(ofDocument: key) {
            let score = try candidate(vector, reader).score
            if score > best?.score ?? -.infinity { best = FoundPassage(passage: passage, score: score) }
        }
        return best
    }

    private func candidate(_ key: UInt64, _ reader: borrowing StoreReader) throws -> Candidate {
        let found = try reader.withVector(forKey: key) { try candidate(key, $0) }
        guard let found else { throw damaged("vector \(key) is missing") }
        return found
    }

    private func candidate(_ key: UInt64, _ vector: Span<Float>) throws -> Candidate {
        Candidate(vector: key, score: try InnerProducts.of(query.span, with: vector)[0])
    }

    private func damaged(_ reason: String) -> IndexError {
        IndexError(.damaged, path, "\(reason): run kotae index verify")
    }
}
