internal import Glibc

/// How often something happened among so many times.
package struct Proportion: Sendable, Equatable {
    package let successes: Int
    package let count: Int

    /// - Precondition: 0 ≤ successes ≤ count, and count above 0.
    package init(_ successes: Int, of count: Int) {
        precondition(count > 0 && (0...count).contains(successes))
        self.successes = successes
        self.count = count
    }

    /// The share of ones; nil for no values, and where there is anything but 0 and 1.
    package init?(ofRates values: [Double]) {
        guard !values.isEmpty, values.allSatisfy({ $0 == 0 || $0 == 1 }) else { return nil }
        self.init(values.count { $0 == 1 }, of: values.count)
    }

    package var value: Double { Double(successes) / Double(count) }

    /// Wilson's score interval. Wilson, "Probable Inference, the Law of Succession, and Statistical
    /// Inference", JASA 1927.
    ///
    /// - Parameter confidence: in (0, 1).
    package func interval(confidence: Double = 0.95) -> ClosedRange<Double> {
        let z = normalQuantile(1 - (1 - confidence) / 2)
        let (n, p) = (Double(count), value)
        let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, min(p, centre - half))...min(1, max(p, centre + half))
    }

    /// The interval of the difference of two independent proportions, this one less the other. Newcombe,
    /// "Interval Estimation for the Difference between Independent Proportions", Statistics in Medicine
    /// 1998, method 10.
    package func difference(
        from other: Proportion, confidence: Double = 0.95
    ) -> (value: Double, interval: ClosedRange<Double>) {
        let (own, others) = (interval(confidence: confidence), other.interval(confidence: confidence))
        let (a, b) = (value, other.value)
        func root(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
        let low = a - b - root(a - own.lowerBound, others.upperBound - b)
        let high = a - b + root(own.upperBound - a, b - others.lowerBound)
        return (a - b, low...high)
    }
}

/// The number below which a normal variable of mean 0 and variance 1 is with this chance, by bisection.
private func normalQuantile(_ chance: Double) -> Double {
    var (low, high) = (-40.0, 40.0)
    for _ in 0..<200 {
        let middle = (low + high) / 2
        if erfc(-middle / 2.0.squareRoot()) / 2 < chance { low = middle } else { high = middle }
    }
    return (low + high) / 2
}
