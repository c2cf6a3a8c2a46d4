/// How numbers of one quantity are written: 1,234 or 0.485 or 62.4%.
package struct NumberStyle: Sendable, Equatable {
    package let isPercent: Bool
    /// Digits after the point, at most 9.
    package let digits: Int

    /// As they are.
    package static func decimal(_ digits: Int) -> NumberStyle {
        NumberStyle(isPercent: false, digits: digits)
    }

    /// Shares, in hundredths with a percent sign.
    package static func percent(_ digits: Int) -> NumberStyle {
        NumberStyle(isPercent: true, digits: digits)
    }

    /// Rounded to whole numbers.
    package static let count = decimal(0)

    /// The number with commas between thousands and a minus sign proper; "–" for what is no number.
    package func text(_ value: Double) -> String {
        let number = digitsText(value)
        return isPercent && value.isFinite ? number + "%" : number
    }

    /// "57.1–67.2%"; with a negative end "−1.2% – 3.4%". No line is broken within.
    package func text(_ interval: ClosedRange<Double>) -> String {
        let (low, high) = (interval.lowerBound, interval.upperBound)
        if low < 0 { return "\(text(low))\u{A0}–\u{2060}\u{A0}\(text(high))" }
        return "\(digitsText(low))–\u{2060}\(text(high))"
    }

    /// "62.4% (57.1–67.2%)", or the number alone.
    package func text(_ value: Double, _ interval: ClosedRange<Double>?) -> String {
        guard let interval else { return text(value) }
        return "\(text(value)) (\(text(interval)))"
    }

    /// A difference: "+0.120 (0.081–0.160)".
    package func signed(_ value: Double, _ interval: ClosedRange<Double>? = nil) -> String {
        (text(value).contains { ("1"..."9").contains($0) } && value > 0 ? "+" : "") + text(value, interval)
    }

    /// The same with another number of digits, at most 9.
    func with(digits: Int) -> NumberStyle {
        NumberStyle(isPercent: isPercent, digits: min(digits, 9))
    }

    private func digitsText(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = ((isPercent ? 100 * value : value) * scale).rounded()
        guard let whole = Int64(exactly: scaled.magnitude), whole < 1 << 53 else { return "\(value)" }
        var figures = String(whole)
        if figures.utf8.count <= digits {
            figures = String(repeating: "0", count: digits + 1 - figures.utf8.count) + figures
        }
        let fraction = figures.suffix(digits)
        var text = Self.grouped(figures.dropLast(digits))
        if digits > 0 { text += "." + fraction }
        return scaled < 0 ? "−" + text : text
    }

    private static func grouped(_ figures: Substring) -> String {
        var text = ""
        for (index, figure) in figures.enumerated() {
            if index > 0, (figures.count - index).isMultiple(of: 3) { text += "," }
            text.append(figure)
        }
        return text
    }
}
