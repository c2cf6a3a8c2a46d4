/// A row of an index and how well it matches a query.
public struct Neighbour: Sendable, Equatable {
    /// The row's number, from 0, in the order in which rows were added.
    public let row: Int
    /// The inner product of row and query: the cosine, in [-1, 1], when both have unit length.
    public let score: Float

    public init(row: Int, score: Float) {
        self.row = row
        self.score = score
    }

    /// Whether this comes before `other` in a result: by higher score, then by lower row.
    package func precedes(_ other: Neighbour) -> Bool {
        score != other.score ? score > other.score : row < other.row
    }
}

/// Finds the rows nearest to a query among vectors of one width, by inner product.
///
/// Rows are numbered from 0 in the order in which they were added. What a row stands for is the
/// caller's to know.
public protocol VectorIndex: Sendable {
    /// The width of vectors and queries.
    var dimensions: Int { get }

    /// The number of rows.
    var count: Int { get }

    /// The `k` nearest rows for each query, best first, and by row where scores are equal.
    ///
    /// - Parameters:
    ///   - queries: n × `dimensions`, row-major, every value finite.
    ///   - k: at least 0. Beyond `count`, every row is returned.
    /// - Returns: n lists in the order of the queries, each of at most min(k, count) rows.
    /// - Throws: an error when `k` is negative, or when a query is not finite or cut short.
    func search(_ queries: Span<Float>, k: Int) throws -> [[Neighbour]]
}
