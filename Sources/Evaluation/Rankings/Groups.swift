/// Rows brought together by group, in the order in which they came within each.
struct Groups: Sendable {
    /// Where each group's rows start in `rows`, and at last where they all end.
    private(set) var starts: [Int]
    /// Numbers of rows, group after group.
    private(set) var rows: [Int32]

    /// - Parameters:
    ///   - groups: the group of each row.
    ///   - count: how many groups there are.
    init(of groups: [Int32], count: Int) {
        starts = [Int](repeating: 0, count: count + 1)
        for group in groups { starts[Int(group) + 1] += 1 }
        for group in 0..<count { starts[group + 1] += starts[group] }
        rows = [Int32](repeating: 0, count: groups.count)
        var next = starts
        for (row, group) in groups.enumerated() {
            rows[next[Int(group)]] = Int32(row)
            next[Int(group)] += 1
        }
    }
}
