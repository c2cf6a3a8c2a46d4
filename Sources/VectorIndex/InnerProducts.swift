import CFaiss

/// Inner products with vectors that are in no index, with the bits of the scores of an exact index
/// ("Flat", and "HNSW" over it) that holds them: both can be ranked together.
public enum InnerProducts {
    /// The inner products of a query with many rows. O(rows × dimensions).
    ///
    /// - Parameters:
    ///   - query: the width of the vectors, at least 1 number.
    ///   - rows: n × the query's width, row-major.
    /// - Returns: n numbers.
    /// - Throws: `FaissError` when the query is empty or the last row is cut short.
    public static func of(
        _ query: Span<Float>, with rows: Span<Float>
    ) throws(FaissError) -> [Float] {
        guard let width = Int32(exactly: query.count), width > 0,
            rows.count.isMultiple(of: query.count)
        else {
            throw FaissError(
                .invalidArgument, operation: "score",
                message: "\(rows.count) numbers are not rows of \(query.count)")
        }
        let count = rows.count / query.count
        return query.withUnsafeBufferPointer { query in
            rows.withUnsafeBufferPointer { rows in
                [Float](unsafeUninitializedCapacity: count) { scores, filled in
                    filled = count
                    guard count > 0, let query = query.baseAddress, let rows = rows.baseAddress,
                        let scores = scores.baseAddress
                    else { return }
                    // Reads width and count × width floats and writes count, during the call.
                    cfaiss_inner_products(query, rows, Int64(count), width, scores)
                }
            }
        }
    }
}
