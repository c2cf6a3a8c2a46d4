import CFaiss

extension FaissIndex {
    /// The `k` nearest rows for each query, best first, and by row where scores are equal.
    ///
    /// Exact for "Flat", O(n × count × dimensions); for other kinds the nearest that they find. Safe
    /// on many threads at once.
    ///
    /// - Parameters:
    ///   - queries: n × `dimensions`, row-major, every value finite.
    ///   - k: at least 0; 0 gives empty lists. Beyond `count`, every row is returned.
    /// - Returns: n lists of min(k, count) rows, in the order of the queries.
    /// - Throws: `FaissError` when `k` is negative, when a query is cut short, not finite or too
    ///   large for finite scores, when memory runs out, or when the file turns out to be damaged.
    public func search(_ queries: Span<Float>, k: Int) throws(FaissError) -> [[Neighbour]] {
        try search(queries, k: k, effort: SearchEffort())
    }

    /// The `k` nearest selected rows for each query, best first, and by row where scores are equal.
    ///
    /// Where few rows are selected they are scored one by one, which is exact and costs less.
    ///
    /// - Parameters:
    ///   - queries: n × `dimensions`, row-major, every value finite.
    ///   - k: at least 0; 0 gives empty lists.
    ///   - effort: how thoroughly to search where the kind is not exact.
    ///   - selection: the rows to choose from, of an index with `count` rows; nil for all.
    /// - Returns: n lists of min(k, number of selected rows) rows, in the order of the queries.
    /// - Throws: `FaissError` as `search(_:k:)`, and when the selection is for another number of rows
    ///   or an effort is below 1.
    public func search(
        _ queries: Span<Float>, k: Int, effort: SearchEffort, among selection: RowSelection? = nil
    ) throws(FaissError) -> [[Neighbour]] {
        try require(k >= 0, "k is \(k) and must not be negative")
        try require(
            selection?.rowCount ?? count == count,
            "the selection is for \(selection?.rowCount ?? 0) rows, but there are \(count)")
        for effort in [effort.efSearch, effort.nprobe] {
            try require(effort ?? 1 >= 1, "the effort is \(effort ?? 0) and must be at least 1")
        }
        try checkRows(queries, dimensions: dimensions, operation: "search")
        let n = queries.count / dimensions
        let k = min(k, selection?.count ?? count)
        guard k > 0 else { return [[Neighbour]](repeating: [], count: n) }

        var options = cfaiss_search_options()
        options.threads = Int32(clamping: threads)
        options.width = Int32(clamping: effort.efSearch ?? 0)
        options.lists = Int32(clamping: effort.nprobe ?? 0)
        options.selected = Int64(selection?.count ?? 0)
        let batch = max(1, Self.resultsAtATime / k)
        var results: [[Neighbour]] = []
        results.reserveCapacity(n)
        for start in stride(from: 0, to: n, by: batch) {
            let end = min(start + batch, n)
            let part = queries.extracting(start * dimensions..<end * dimensions)
            try withUnsafeWords(of: selection) { (words) throws(FaissError) in
                options.selection = words
                try search(part, k: k, options: options, into: &results)
            }
        }
        return results
    }

    private func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(FaissError) {
        guard condition else {
            throw FaissError(.invalidArgument, operation: "search", message: message())
        }
    }

    private func withUnsafeWords(
        of selection: RowSelection?, _ body: (UnsafePointer<UInt64>?) throws(FaissError) -> Void
    ) throws(FaissError) {
        guard let selection else { return try body(nil) }
        try selection.words.withUnsafeBufferPointer { (words) throws(FaissError) in
            try body(words.baseAddress)
        }
    }

    /// So that the results of a call take 64 MB at most.
    private static let resultsAtATime = 1 << 22

    /// Appends the lists of the queries to `results`.
    private func search(
        _ queries: Span<Float>, k: Int, options: cfaiss_search_options,
        into results: inout [[Neighbour]]
    ) throws(FaissError) {
        let n = queries.count / dimensions
        var rows = [Int64](repeating: -1, count: n * k)
        var scores = [Float](repeating: 0, count: n * k)
        try queries.withUnsafeBufferPointer { (buffer) throws(FaissError) in
            guard let base = buffer.baseAddress else { return }
            // Reads n × dimensions floats and the selection's words, and writes n × k results,
            // during the call.
            try callFaiss("search", path: path) { error in
                cfaiss_search(
                    index, Int64(n), base, Int64(k), options, &rows, &scores, error)
            }
        }
        for query in 0..<n {
            results.append(
                (query * k..<(query + 1) * k).lazy.filter { rows[$0] >= 0 }
                    .map { Neighbour(row: Int(rows[$0]), score: scores[$0]) })
        }
    }
}
