internal import JSON

/// A measured number with its confidence interval, where one could be computed.
package struct Estimate: Sendable, Equatable {
    package let value: Double
    package let interval: ClosedRange<Double>?

    package init(_ value: Double, _ interval: ClosedRange<Double>? = nil) {
        self.value = value
        self.interval = interval
    }

    /// What a function that never decreases makes of it; the ends of the interval go the same way.
    package func mapped(_ increasing: (Double) -> Double) -> Estimate {
        Estimate(
            increasing(value),
            interval.map { increasing($0.lowerBound)...increasing($0.upperBound) })
    }

    /// The same with the other sign.
    package var negated: Estimate {
        Estimate(-value, interval.map { -$0.upperBound ... -$0.lowerBound })
    }

    /// `{"value": 0.62, "interval": [0.57, 0.67]}`; the interval is null where there is none.
    var json: JSONValue {
        ["value": .number(value), "interval": Self.json(interval)]
    }

    static func json(_ interval: ClosedRange<Double>?) -> JSONValue {
        interval.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null
    }
}
