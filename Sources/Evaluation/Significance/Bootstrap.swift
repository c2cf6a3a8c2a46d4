internal import Random

/// Confidence intervals of means over queries, by drawing queries with replacement.
/// Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13 (percentile intervals).
package struct Bootstrap: Sendable {
    /// The fewest queries of which an interval says anything.
    package static let leastQueries = 10

    /// The share of samples within an interval, in (0, 1).
    package var confidence = 0.95
    package var resamples = 10_000
    package var seed: UInt64 = 42

    package init() {}

    /// The interval of each column's mean. All columns are drawn together, so those of differences
    /// between systems are paired.
    ///
    /// - Parameters:
    ///   - values: rows of `columns` values, a row for each query.
    /// - Throws: `EvaluationError` when there are fewer rows than `leastQueries`.
    package func intervals(
        ofMeans values: [Double], columns: Int
    ) throws(EvaluationError) -> [ClosedRange<Double>] {
        let rows = values.count / max(columns, 1)
        guard rows >= Self.leastQueries else {
            throw EvaluationError("an interval needs at least \(Self.leastQueries) queries, not \(rows)")
        }
        var random = SeededGenerator(seed: seed)
        var means = [Double](repeating: 0, count: resamples * columns)
        for sample in 0..<resamples {
            addSample(to: &means, at: sample * columns, values, columns: columns, &random)
        }
        let tail = (1 - confidence) / 2
        return (0..<columns).map { column in
            let sorted = (0..<resamples).map { means[$0 * columns + column] / Double(rows) }.sorted()
            return quantile(tail, of: sorted)...quantile(1 - tail, of: sorted)
        }
    }

    /// As above, but Wilson's interval of a proportion for columns that hold nothing but 0 and 1: drawing
    /// with replacement from values that are all equal finds no doubt at all.
    ///
    /// - Throws: as above.
    package func intervals(
        ofRates values: [Double], columns: Int
    ) throws(EvaluationError) -> [ClosedRange<Double>] {
        let rows = values.count / max(columns, 1)
        return try intervals(ofMeans: values, columns: columns).enumerated().map { column, drawn in
            let own = (0..<rows).map { values[$0 * columns + column] }
            return Proportion(ofRates: own)?.interval(confidence: confidence) ?? drawn
        }
    }

    /// As above, of one column.
    package func interval(ofRate values: [Double]) throws(EvaluationError) -> ClosedRange<Double> {
        try intervals(ofRates: values, columns: 1)[0]
    }

    /// The interval of one column's mean.
    package func interval(ofMean values: [Double]) throws(EvaluationError) -> ClosedRange<Double> {
        try intervals(ofMeans: values, columns: 1)[0]
    }

    /// The interval of any measure of `count` items, such as a correlation of queries' pairs.
    ///
    /// - Parameter measure: gets the drawn items' numbers; nil where they have none, such as pairs of
    ///   one class alone, which then count for nothing.
    /// - Throws: `EvaluationError` when there are fewer items than `leastQueries`, or no draw has the
    ///   measure.
    package func intervals(
        ofItems count: Int, _ measure: ([Int]) -> [Double]?
    ) throws(EvaluationError) -> [ClosedRange<Double>] {
        let samples = try samples(ofItems: count, measure)
        return samples[0].indices.map { column in interval(ofSamples: samples.map { $0[column] }) }
    }

    /// What each draw of `count` items measures, so that differences of several measures can be formed;
    /// at least one.
    ///
    /// - Parameters and errors: as above.
    package func samples(
        ofItems count: Int, _ measure: ([Int]) -> [Double]?
    ) throws(EvaluationError) -> [[Double]] {
        guard count >= Self.leastQueries else {
            throw EvaluationError("an interval needs at least \(Self.leastQueries) queries, not \(count)")
        }
        var random = SeededGenerator(seed: seed)
        var samples: [[Double]] = []
        for _ in 0..<resamples {
            let drawn = (0..<count).map { _ in Int.random(in: 0..<count, using: &random) }
            if let values = measure(drawn) { samples.append(values) }
        }
        guard !samples.isEmpty else {
            throw EvaluationError("no sample of the \(count) queries can be measured")
        }
        return samples
    }

    /// The percentile interval of what was drawn, at least one value.
    package func interval(ofSamples samples: [Double]) -> ClosedRange<Double> {
        let tail = (1 - confidence) / 2
        let sorted = samples.sorted()
        return quantile(tail, of: sorted)...quantile(1 - tail, of: sorted)
    }

    /// The least share, two-sided, at which the percentile interval of drawn differences leaves 0 out:
    /// min(1, 2 · (min(#{d ≤ 0}, #{d ≥ 0}) + 1) / (n + 1)), the 1 being what was observed itself (Davison
    /// and Hinkley, "Bootstrap Methods and their Application", 1997, section 4.4).
    package static func pValue(ofSamples differences: [Double]) -> Double {
        let least = min(differences.count { $0 <= 0 }, differences.count { $0 >= 0 })
        return min(1, 2 * Double(least + 1) / Double(differences.count + 1))
    }

    private func addSample(
        to sums: inout [Double], at start: Int, _ values: [Double], columns: Int,
        _ random: inout SeededGenerator
    ) {
        let rows = values.count / columns
        sums.withUnsafeMutableBufferPointer { sums in
            values.withUnsafeBufferPointer { values in
                for _ in 0..<rows {
                    let row = Int(random.next().multipliedFullWidth(by: UInt64(rows)).high) * columns
                    for column in 0..<columns { sums[start + column] += values[row + column] }
                }
            }
        }
    }
}

/// The quantile of ascending values, linear between neighbours: NumPy's default.
func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = min(max(Int(place), 0), sorted.count - 1)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
