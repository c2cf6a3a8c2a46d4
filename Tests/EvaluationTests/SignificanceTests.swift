import Evaluation
import JSON
import TestSupport
import Testing

@Suite struct `Significance` {
    private static func cases(with field: String) throws -> [JSONValue] {
        try lines("significance.jsonl").filter { $0[field] != nil }
    }

    @Test func `randomization tests agree with SciPy's`() throws {
        let cases = try Self.cases(with: "a")
        #expect(cases.count == 12)
        for expected in cases {
            let differences = zip(expected["a"]?.doubles ?? [], expected["b"]?.doubles ?? []).map { $0 - $1 }
            let p = try #require(expected["p"]?.double)
            let found = RandomizationTest().pValue(ofDifferences: differences)
            if expected["exact"] == true {
                #expect(abs(found - p) < 1e-9)
            } else {
                // Four standard deviations of 100,000 and of 200,000 draws.
                #expect(abs(found - p) < 4 * (p * (1 - p) * 1.5e-5).squareRoot() + 2e-5)
            }
        }
    }

    @Test func `shares of yes and no have Wilson's intervals, also where all are alike`() throws {
        let values = (0..<12).flatMap { row -> [Double] in
            let isThird = row.isMultiple(of: 3)
            return [1, isThird ? 1 : 0, Double(row) / 12]
        }
        let found = try Bootstrap().intervals(ofRates: values, columns: 3)
        #expect(found[0] == Proportion(12, of: 12).interval() && found[0].lowerBound < 0.8)
        #expect(found[1] == Proportion(4, of: 12).interval())
        #expect(try found[2] == Bootstrap().intervals(ofMeans: values, columns: 3)[2])
    }

    @Test func `drawn assignments agree with all of them`() {
        var random = SplitMix64(seed: 9)
        var test = RandomizationTest()
        for _ in 0..<5 {
            let differences = (0..<12).map { _ in Double.random(in: -0.5...1, using: &random) }
            let exact = test.pValue(ofDifferences: differences)
            // Queries without a difference change nothing, and many small pairs that cancel do not
            // decide either, but make the enumeration too long.
            let tiny = (0..<10).map { $0.isMultiple(of: 2) ? 1e-9 : -1e-9 }
            let drawn = test.pValue(ofDifferences: differences + tiny)
            #expect(abs(drawn - exact) < 0.01)
            #expect(test.pValue(ofDifferences: [0, 0] + differences) == exact)
        }
        test.samples = 99
        // The least that 99 draws can say.
        #expect(test.pValue(ofDifferences: [Double](repeating: 1, count: 60)) == 0.01)
    }

    @Test func `no difference has a p-value of 1`() {
        #expect(RandomizationTest().pValue(ofDifferences: [0, 0, 0]) == 1)
        #expect(RandomizationTest().pValue(ofDifferences: []) == 1)
        #expect(RandomizationTest().pValue(ofDifferences: [0.5, -0.5]) == 1)
        #expect(RandomizationTest().pValue(ofDifferences: [1, 1, 1, 1, 1]) == 1.0 / 16)
    }

    @Test func `bootstrap intervals agree with SciPy's`() throws {
        let cases = try Self.cases(with: "values")
        #expect(cases.count == 3)
        for expected in cases {
            let values = expected["values"]?.doubles ?? []
            let interval = try Bootstrap().interval(ofMean: values)
            // Where the ends may lie, four standard deviations of 10,000 draws to either side.
            let (low, high) = (expected["low"]?.doubles ?? [], expected["high"]?.doubles ?? [])
            try #require(low.count == 2 && high.count == 2)
            #expect((low[0]...low[1]).contains(interval.lowerBound))
            #expect((high[0]...high[1]).contains(interval.upperBound))
        }
    }

    @Test func `intervals follow from the seed, and columns are drawn together`() throws {
        var random = SplitMix64(seed: 3)
        let first = (0..<40).map { _ in Double.random(in: 0...1, using: &random) }
        var bootstrap = Bootstrap()
        bootstrap.resamples = 500
        let interval = try bootstrap.interval(ofMean: first)
        #expect(try bootstrap.interval(ofMean: first) == interval)
        let both = try bootstrap.intervals(ofMeans: first.flatMap { [$0, 1 - $0] }, columns: 2)
        #expect(both[0] == interval)
        #expect(abs(both[1].lowerBound - (1 - interval.upperBound)) < 1e-12)
        bootstrap.seed = 7
        #expect(try bootstrap.interval(ofMean: first) != interval)
        #expect(try bootstrap.interval(ofMean: [Double](repeating: 0.5, count: 10)) == 0.5...0.5)
    }

    @Test func `p-values by drawing items are near those of a randomization test`() throws {
        var random = SplitMix64(seed: 17)
        for shift in [0, 0.02, 0.05, 0.08, 0.2] {
            let differences = (0..<120).map { _ in Double.random(in: -0.5...0.5, using: &random) + shift }
            let drawn = try Bootstrap().samples(ofItems: differences.count) { items in
                [items.reduce(0) { $0 + differences[$1] } / Double(items.count)]
            }
            let p = Bootstrap.pValue(ofSamples: drawn.map { $0[0] })
            // Four standard deviations of twice a share of 10,000 draws, and what 120 values are from normal.
            let bound = 8 * (p / 2 * (1 - p / 2) / 10_000).squareRoot() + 0.01
            #expect(abs(p - RandomizationTest().pValue(ofDifferences: differences)) < bound)
            // It is small just where the interval leaves 0 out.
            let interval = Bootstrap().interval(ofSamples: drawn.map { $0[0] })
            #expect((p < 0.05) == !interval.contains(0))
        }
        #expect(Bootstrap.pValue(ofSamples: [-1, 1, 1, 1]) == 0.8)
        #expect(Bootstrap.pValue(ofSamples: [Double](repeating: 1, count: 999)) == 0.002)
        #expect(Bootstrap.pValue(ofSamples: [0, 0, 0]) == 1)
    }

    @Test func `too few queries are refused with how many are needed`() {
        #expect(throws: EvaluationError("an interval needs at least 10 queries, not 9")) {
            try Bootstrap().interval(ofMean: [Double](repeating: 1, count: 9))
        }
    }

    @Test func `Holm's correction equals that of statsmodels`() throws {
        let cases = try Self.cases(with: "holm")
        #expect(cases.count == 4)
        for expected in cases {
            let found = holmCorrected(expected["p"]?.doubles ?? [])
            for (value, right) in zip(found, expected["holm"]?.doubles ?? []) {
                #expect(abs(value - right) < 1e-9)
            }
        }
        #expect(holmCorrected([]) == [])
    }
}
