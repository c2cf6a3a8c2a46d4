import CFaiss

extension FaissIndex {
    /// The `k` nearest rows for each query, best first, and by row where scores are equal.
    ///
    /// O(n × count × dimensions). Safe on many threads at once.
    ///
    /// - Parameters:
    ///   - queries: n × `dimensions`, row-major, every value finite.
    ///   - k: at least 0; 0 gives empty lists. Beyond `count`, every row is returned.
    /// - Returns: n lists of min(k, count) rows, in the order of the queries.
    /// - Throws: `FaissError` when `k` is negative, when a query is cut short, not finite or too
    ///   large for finite scores, or when memory runs out.
    public func search(_ queries: Span<Float>, k: Int) throws(FaissError) -> [[Neighbour]] {
        guard k >= 0 else {
            throw FaissError(
                .invalidArgument, operation: "search", message: "k is \(k) and must not be negative"
            )
        }
        let norms = try VectorNorms(of: queries, dimensions: dimensions, operation: "search").norms
        let k = min(k, count)
        guard k > 0 else { return norms.map { _ in [] } }
        cfaiss_set_threads(Int32(clamping: threads))

        let candidates = min(k + Self.margin, count)
        let batch = max(1, min(Self.largestBatch, Self.resultsAtATime / candidates))
        var results: [[Neighbour]] = []
        results.reserveCapacity(norms.count)
        for start in stride(from: 0, to: norms.count, by: batch) {
            let end = min(start + batch, norms.count)
            results += try search(
                queries.extracting(start * dimensions..<end * dimensions),
                norms: norms[start..<end], k: k, candidates: candidates)
        }
        return results
    }

    /// More rows than `k` are fetched, so that rounding at the edge rarely costs a second scan.
    private static let margin = 16
    /// The number of queries that FAISS itself takes in a block of its matrix product.
    private static let largestBatch = 4096
    private static let resultsAtATime = 1 << 22

    /// - Parameter candidates: how many rows to fetch for each query; k <= candidates <= count.
    private func search(
        _ queries: Span<Float>, norms: ArraySlice<Float>, k: Int, candidates: Int
    ) throws(FaissError) -> [[Neighbour]] {
        var rows = [Int64](repeating: -1, count: norms.count * candidates)
        var found = [Float](repeating: 0, count: rows.count)
        var scores = found
        try queries.withUnsafeBufferPointer { (buffer) throws(FaissError) in
            guard let base = buffer.baseAddress else { return }
            let n = Int64(norms.count)
            // FAISS reads n × dimensions floats and writes n × candidates results, during the
            // calls.
            try callFaiss("search") { error in
                cfaiss_search(index, n, base, Int64(candidates), &rows, &found, error)
            }
            try callFaiss("search") { error in
                cfaiss_scores(index, n, base, Int64(candidates), rows, &scores, error)
            }
        }
        var results: [[Neighbour]] = []
        results.reserveCapacity(norms.count)
        for (query, norm) in norms.enumerated() {
            let range = query * candidates..<(query + 1) * candidates
            var neighbours = range.lazy.filter { rows[$0] >= 0 }
                .map { Neighbour(row: Int(rows[$0]), score: scores[$0]) }
                .sorted { $0.precedes($1) }
            let edge = neighbours.prefix(k).last?.score ?? -.infinity
            if candidates < count, found[range.upperBound - 1] >= edge - roundingError(norm) {
                let vector = queries.extracting(query * dimensions..<(query + 1) * dimensions)
                neighbours = try search(vector, atLeast: edge)
            }
            results.append(Array(neighbours.prefix(k)))
        }
        return results
    }

    /// Every row that scores at least `edge`, best first.
    ///
    /// FAISS keeps any of several rows with equal scores, and in a batch it ranks by scores of
    /// another rounding, so rows that it left out may belong before those that it kept.
    private func search(
        _ query: Span<Float>, atLeast edge: Float
    ) throws(FaissError) -> [Neighbour] {
        var matches = cfaiss_matches()
        defer { cfaiss_matches_destroy(&matches) }
        try query.withUnsafeBufferPointer { (buffer) throws(FaissError) in
            guard let base = buffer.baseAddress else { return }
            // FAISS reads `dimensions` floats during the call; the matches are ours afterwards.
            try callFaiss("search") { error in
                cfaiss_search_range(index, base, edge.nextDown, &matches, error)
            }
        }
        let rows = UnsafeBufferPointer(start: matches.rows, count: Int(matches.count))
        let scores = UnsafeBufferPointer(start: matches.scores, count: Int(matches.count))
        return zip(rows, scores).map { Neighbour(row: Int($0), score: $1) }
            .sorted { $0.precedes($1) }
    }

    /// How far two computations of one inner product can lie apart, for a query of this norm.
    ///
    /// Each is within γ |q| |x| of the truth, where γ = d u / (1 - d u) and u is half the distance
    /// from 1 to the next number (Higham, "Accuracy and Stability of Numerical Algorithms", 3.1).
    private func roundingError(_ norm: Float) -> Float {
        let du = Double(dimensions) * Double(Float.ulpOfOne) / 2
        guard du < 0.5 else { return .infinity }
        let bound = 2 * du / (1 - du) * Double(norm) * Double(largestNorm)
        // The factor covers the rounding of the norms and of this bound.
        return Float(1.01 * bound) + .leastNormalMagnitude
    }
}
