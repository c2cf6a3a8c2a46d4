import Evaluation

/// Several systems on the same queries, every two of them compared.
struct Comparison {
    let names: [String]
    let metric: RankingMetric
    let queries: [String]
    /// For each system the metric of each query.
    let values: [[Double]]
    let means: [Double]
    let intervals: [ClosedRange<Double>]
    /// For each two systems, the better one first.
    let pairs: [Pair]

    struct Pair {
        let better: Int
        let worse: Int
        let difference: Double
        let interval: ClosedRange<Double>
        let pValue: Double
        /// After Holm's correction for all pairs.
        let corrected: Double
        /// Queries that the better one wins, and that it loses.
        let won: Int
        let lost: Int
    }

    /// - Throws: `EvaluationError` when there are too few queries for an interval.
    init(
        names: [String], metric: RankingMetric, queries: [String], values: [[Double]],
        _ bootstrap: Bootstrap, _ test: RandomizationTest
    ) throws(EvaluationError) {
        self.names = names
        self.metric = metric
        self.queries = queries
        self.values = values
        let means = values.map { $0.reduce(0, +) / Double(max($0.count, 1)) }
        self.means = means
        let numbers = Self.everyTwo(means)
        let differences = numbers.map { pair in
            zip(values[pair.better], values[pair.worse]).map { $0 - $1 }
        }
        // All columns are drawn together.
        let columns = values + differences
        let rows = queries.indices.flatMap { query in columns.map { $0[query] } }
        let ranges = try bootstrap.intervals(ofMeans: rows, columns: columns.count)
        intervals = zip(values, ranges).map { values, drawn in
            Proportion(ofRates: values)?.interval(confidence: bootstrap.confidence) ?? drawn
        }
        let pValues = differences.map(test.pValue)
        let corrected = holmCorrected(pValues)
        pairs = numbers.indices.map { index in
            Pair(
                better: numbers[index].better, worse: numbers[index].worse,
                difference: means[numbers[index].better] - means[numbers[index].worse],
                interval: ranges[names.count + index], pValue: pValues[index],
                corrected: corrected[index], won: differences[index].count { $0 > 0 },
                lost: differences[index].count { $0 < 0 })
        }
    }

    /// Every two of some systems by their numbers, the one of the higher value first, of equal ones the
    /// earlier.
    static func everyTwo(_ values: [Double]) -> [(better: Int, worse: Int)] {
        values.indices.flatMap { a in
            values[(a + 1)...].indices.map { b in values[b] > values[a] ? (b, a) : (a, b) }
        }
    }

    /// The queries that one system wins most against another, and those that it loses most.
    func extremes(
        of system: Int, against other: Int, count: Int
    ) -> (system: Int, other: Int, won: [Int], lost: [Int]) {
        let differences = zip(values[system], values[other]).map { $0 - $1 }
        let order = queries.indices.sorted { differences[$0] > differences[$1] }
        return (
            system, other, order.prefix(count).filter { differences[$0] > 0 },
            order.reversed().prefix(count).filter { differences[$0] < 0 })
    }
}
