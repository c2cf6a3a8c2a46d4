internal import Random

/// Fisher's paired randomization test: how often a mean difference at least as large in amount comes
/// about when, for each query, it is left to chance which system is which.
/// Smucker, Allan and Carterette, "A Comparison of Statistical Significance Tests for Information
/// Retrieval Evaluation", CIKM 2007.
package struct RandomizationTest: Sendable {
    /// Up to how many queries with a difference every assignment is tried.
    package static let mostEnumerated = 20

    /// How many assignments are drawn where there are too many to try them all.
    package var samples = 100_000
    package var seed: UInt64 = 42

    package init() {}

    /// The two-sided p-value, in (0, 1]: exact for few differences, otherwise (c + 1) / (n + 1) of n
    /// drawn assignments, c of which reach the difference that was seen (Davison and Hinkley,
    /// "Bootstrap Methods and Their Application", 1997, section 4.2), which is never too small.
    package func pValue(ofDifferences differences: [Double]) -> Double {
        let differences = differences.filter { $0 != 0 }
        guard !differences.isEmpty else { return 1 }
        // Sums that are equal on paper may differ by rounding.
        let slack = 1e-12 * differences.reduce(0) { $0 + abs($1) }
        let limit = abs(differences.reduce(0, +)) - slack
        if differences.count <= Self.mostEnumerated {
            // A sum and its opposite are of one amount, so the first sign can stay.
            let rest = differences[1...]
            let reached = Self.count(rest, from: differences[0], limit: limit)
            return Double(reached) / Double(1 << rest.count)
        }
        return (Double(draw(differences, limit: limit)) + 1) / (Double(samples) + 1)
    }

    /// How many of the sums with either sign for each difference reach the limit in amount.
    private static func count(_ rest: ArraySlice<Double>, from sum: Double, limit: Double) -> Int {
        guard let next = rest.first else { return abs(sum) >= limit ? 1 : 0 }
        let others = rest.dropFirst()
        return count(others, from: sum + next, limit: limit)
            + count(others, from: sum - next, limit: limit)
    }

    private func draw(_ differences: [Double], limit: Double) -> Int {
        var random = SeededGenerator(seed: seed)
        var reached = 0
        for _ in 0..<samples {
            var sum = 0.0
            var signs: UInt64 = 0
            for (index, difference) in differences.enumerated() {
                if index & 63 == 0 { signs = random.next() }
                // The bit becomes the sign of the difference.
                sum += Double(bitPattern: difference.bitPattern ^ (signs << 63))
                signs >>= 1
            }
            if abs(sum) >= limit { reached += 1 }
        }
        return reached
    }
}
