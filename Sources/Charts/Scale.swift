/// A scale with round numbers at its ticks.
struct Scale: Sendable, Equatable {
    let range: ClosedRange<Double>
    let ticks: [Double]
    /// Digits after the point that tell the ticks apart.
    let digits: Int

    /// The shortest scale around `range` whose ticks are multiples of 1, 2 or 5 times a power of ten.
    /// Heckbert, "Nice Numbers for Graph Labels", in Graphics Gems, 1990.
    ///
    /// - Parameter intervals: about how many steps there are between ticks, above 0.
    init(around range: ClosedRange<Double>, intervals: Int) {
        var (low, high) = (range.lowerBound, range.upperBound)
        if high - low < 1e-9 * max(abs(low), abs(high), 1e-3) {
            // What does not move is drawn in the middle.
            let margin = max(abs(low) * 0.1, 1e-6)
            (low, high) = (low - margin, high + margin)
        }
        let (step, digits) = Self.step(atLeast: (high - low) / Double(intervals))
        let first = (low / step + 1e-9).rounded(.down)
        let last = (high / step - 1e-9).rounded(.up)
        ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
        self.range = ticks[0]...ticks[ticks.count - 1]
        self.digits = digits
    }

    /// The least of 1, 2 and 5 times a power of ten that is no less than `least` (above 0), and the
    /// digits after the point that it has.
    static func step(atLeast least: Double) -> (step: Double, digits: Int) {
        var power = 1.0
        var digits = 0
        while power > least { (power, digits) = (power / 10, digits + 1) }
        while power * 10 <= least { (power, digits) = (power * 10, digits - 1) }
        let factor = [1.0, 2, 5, 10].first { $0 * power >= least * (1 - 1e-9) } ?? 10
        return (factor * power, max(0, factor == 10 ? digits - 1 : digits))
    }
}

/// A straight map from numbers to places in a drawing.
struct LinearMap: Sendable {
    let from: ClosedRange<Double>
    let to: (start: Double, end: Double)

    func callAsFunction(_ value: Double) -> Double {
        let width = from.upperBound - from.lowerBound
        let share = width > 0 ? (value - from.lowerBound) / width : 0.5
        return to.start + share * (to.end - to.start)
    }
}
