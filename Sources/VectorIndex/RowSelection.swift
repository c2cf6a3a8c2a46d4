/// Which rows of an index a search may find: for filters, and for rows that are deleted.
///
/// A bit a row: 125 KB for a million.
public struct RowSelection: Sendable, Equatable {
    /// Bit row % 64 of word row / 64 is set for a selected row; bits beyond `rowCount` are 0.
    let words: [UInt64]
    /// The number of rows of the index that this is for.
    public let rowCount: Int
    /// How many of them are selected.
    public let count: Int

    private init(words: [UInt64], rowCount: Int) {
        self.words = words
        self.rowCount = rowCount
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Selects these rows and no others. O(rowCount / 64 + rows).
    ///
    /// - Parameters:
    ///   - rows: in any order; some may come more than once, and those that are not from 0 to before
    ///     `rowCount` are left out.
    ///   - rowCount: the number of rows of the index.
    public init(_ rows: some Sequence<Int>, of rowCount: Int) {
        var words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
        for row in rows where row >= 0 && row < rowCount {
            words[row / 64] |= 1 << UInt64(row % 64)
        }
        self.init(words: words, rowCount: rowCount)
    }

    /// Selects all rows but these. O(rowCount / 64 + rows).
    public init(allBut rows: some Sequence<Int>, of rowCount: Int) {
        let excluded = RowSelection(rows, of: rowCount)
        var words = excluded.words.map { ~$0 }
        if !rowCount.isMultiple(of: 64), let last = words.indices.last {
            words[last] &= (1 << UInt64(rowCount % 64)) - 1
        }
        self.init(words: words, rowCount: rowCount)
    }

    /// Whether a row is selected.
    public func contains(_ row: Int) -> Bool {
        row >= 0 && row < rowCount && words[row / 64] >> UInt64(row % 64) & 1 == 1
    }
}
