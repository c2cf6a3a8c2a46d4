/// How well scores follow graded values.
package enum Correlation {
    /// Pearson's r, in [-1, 1]; nil where either side has no spread or there are fewer than two.
    package static func pearson(_ x: [Double], _ y: [Double]) -> Double? {
        precondition(x.count == y.count, "as many values as scores")
        let (a, b) = (centred(x), centred(y))
        let lengths = [a, b].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        guard lengths[0] > 0, lengths[1] > 0 else { return nil }
        let product = zip(a, b).reduce(0) { $0 + ($1.0 / lengths[0]) * ($1.1 / lengths[1]) }
        return max(-1, min(1, product))
    }

    /// Spearman's ρ: Pearson's r of the ranks, equal values sharing their mean rank; nil as there.
    package static func spearman(_ x: [Double], _ y: [Double]) -> Double? {
        pearson(meanRanks(x), meanRanks(y))
    }

    /// The mean of squared differences.
    package static func meanSquaredError(_ x: [Double], _ y: [Double]) -> Double {
        precondition(x.count == y.count, "as many values as scores")
        return zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(max(x.count, 1))
    }

    private static func meanRanks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var result = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for index in order[start..<end] { result[index] = Double(start + end - 1) / 2 }
            start = end
        }
        return result
    }

    private static func centred(_ values: [Double]) -> [Double] {
        // A mean can be off by rounding, and give a spread to values that are all the same.
        guard values.contains(where: { $0 != values[0] }) else {
            return values.map { _ in 0 }
        }
        let mean = values.reduce(0, +) / Double(values.count)
        return values.map { $0 - mean }
    }
}
