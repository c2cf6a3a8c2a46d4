import Glibc

/// Tells on standard error how far a long task has come: in place on a terminal, else by a line
/// every ten seconds, and not at all when quiet or when the task is over within two seconds.
struct Progress {
    private let verb: String
    private let unit: String
    private let quiet: Bool
    private let onTerminal: Bool
    private var start = ContinuousClock.now
    /// What was done before.
    private var earlier = (done: 0, fraction: 0.0)
    private var lastReport = ContinuousClock.now
    private var reported = false

    init(_ verb: String, unit: String, quiet: Bool) {
        self.verb = verb
        self.unit = unit
        self.quiet = quiet
        onTerminal = isatty(STDERR_FILENO) == 1
    }

    /// Counts from what an earlier run has done, which took time of its own.
    mutating func begin(at done: Int, fraction: Double) {
        start = .now
        earlier = (done, fraction)
    }

    /// - Parameters:
    ///   - done: units done so far.
    ///   - fraction: the share of the whole that is done, nil when the whole is unknown.
    ///   - detail: a further figure, such as a rate of another unit.
    mutating func report(done: Int, fraction: Double?, detail: String = "") {
        let now = ContinuousClock.now
        guard !quiet, now - lastReport >= (onTerminal ? .milliseconds(200) : .seconds(10)),
            now - start >= .seconds(2)
        else { return }
        lastReport = now
        reported = true
        let seconds = (now - start) / .seconds(1)
        var parts = ["\(verb) \(grouped(done)) \(unit)", "\(rate(Double(done - earlier.done) / seconds))/s"]
        if !detail.isEmpty { parts.append(detail) }
        if let fraction, fraction > earlier.fraction, fraction <= 1 {
            parts.append("\(Int(fraction * 100)) %")
            parts.append("\(clock(seconds * (1 - fraction) / (fraction - earlier.fraction))) left")
        }
        let line = parts.joined(separator: " · ")
        // Back to the line's start, the new text, and the rest of the line cleared.
        noteInPlace(onTerminal ? "\r\(line)\u{1B}[K" : line + "\n")
    }

    /// Clears the line for something else to be said.
    func clear() {
        if reported, onTerminal { noteInPlace("\r\u{1B}[K") }
    }

    /// Clears the line and leaves a summary if anything was shown.
    func finish(done: Int, detail: String = "") {
        guard reported else { return }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let line = "\(verb) \(grouped(done)) \(unit) in \(clock(seconds)) · "
            + "\(rate(Double(done - earlier.done) / max(seconds, 1e-9)))/s"
            + (detail.isEmpty ? "" : " · \(detail)")
        noteInPlace((onTerminal ? "\r\u{1B}[K" : "") + line + "\n")
    }
}

/// A number a second: whole from 10 on, below with decimals.
private func rate(_ number: Double) -> String {
    number < 10 ? decimal(number, 2) : grouped(Int(number))
}

/// Digits in groups of three: 12,345.
func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number.magnitude).reversed().enumerated() {
        if index > 0, index.isMultiple(of: 3) { text.append(",") }
        text.append(digit)
    }
    return (number < 0 ? "-" : "") + String(text.reversed())
}

/// Minutes and seconds, with hours where there are any: 0:07, 12:34, 1:02:03.
func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    let whole = Int(seconds.rounded())
    func padded(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return whole < 3600
        ? "\(whole / 60):\(padded(whole % 60))"
        : "\(whole / 3600):\(padded(whole / 60 % 60)):\(padded(whole % 60))"
}
