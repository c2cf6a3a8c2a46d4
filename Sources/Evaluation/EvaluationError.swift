/// Why something cannot be judged: what is wrong and what would be right.
package struct EvaluationError: Error, Equatable, CustomStringConvertible {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }

    package var description: String { reason }
}
