internal import Charts

extension PilotReport {
    /// Two candidates on the same held-out questions.
    package struct Comparison: Sendable {
        /// Ids of candidates.
        package let first: String
        package let second: String
        /// The report's metric of the first less that of the second.
        package let difference: Estimate
        /// Of a paired randomization test, two-sided, and after Holm's correction for all
        /// comparisons of the report; nil where none was made.
        package let p: Double?
        package let adjustedP: Double?

        package init(
            _ first: String, _ second: String, difference: Estimate, p: Double? = nil, adjustedP: Double? = nil
        ) {
            self.first = first
            self.second = second
            self.difference = difference
            self.p = p
            self.adjustedP = adjustedP
        }

        /// The chance that is accepted of calling equal candidates different.
        package static let significance = 0.05

        /// What the difference proves: by the corrected p-value, or by the plain one, or by the
        /// interval's not containing 0.
        package var finding: Finding {
            let isProved: Bool
            if let p = adjustedP ?? p {
                isProved = p < Self.significance
            } else if let interval = difference.interval {
                isProved = !interval.contains(0)
            } else {
                isProved = false
            }
            guard isProved, difference.value != 0 else { return .unproved }
            return difference.value > 0 ? .better : .worse
        }

        package enum Finding: String, Sendable {
            case better, worse, unproved
        }

        /// "p = 0.034", "p = 0.0004", "p < 0.0001".
        static func text(p: Double) -> String {
            p < 0.0001 ? "p \(figure(p: p))" : "p = \(figure(p: p))"
        }

        /// "0.034", "0.0004", "< 0.0001".
        static func figure(p: Double) -> String {
            p < 0.0001 ? "< 0.0001" : NumberStyle.decimal(p < 0.001 ? 4 : 3).text(p)
        }

        /// The second against the first.
        var reversed: Comparison {
            Comparison(second, first, difference: difference.negated, p: p, adjustedP: adjustedP)
        }
    }

    /// The comparison of two candidates by their ids, whichever way it was made.
    package func comparison(of first: String, with second: String) -> Comparison? {
        for comparison in comparisons {
            if comparison.first == first, comparison.second == second { return comparison }
            if comparison.first == second, comparison.second == first { return comparison.reversed }
        }
        return nil
    }
}
