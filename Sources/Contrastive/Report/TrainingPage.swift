internal import JSON

/// A page that shows how a training went: loss, temperature and metric over the steps, drawn as SVG.
/// It needs no network and no script.
struct TrainingPage {
    private struct Curve {
        let title: String
        let points: [(x: Double, y: Double)]
        /// Whether single points matter, as those of evaluations.
        let marks: Bool
    }

    private let curves: [Curve]
    private let result: TrainingResult

    /// - Throws: `JSONError` when a line of the log is not JSON.
    init(log: String, result: TrainingResult) throws(JSONError) {
        var losses: [(x: Double, y: Double)] = []
        var temperatures: [(x: Double, y: Double)] = []
        var scores: [(x: Double, y: Double)] = []
        for line in log.split(separator: "\n") {
            let value = try JSONValue(parsing: String(line))
            guard let step = value["step"]?.double else { continue }
            if let loss = value["loss"]?.double { losses.append((step, loss)) }
            if let temperature = value["temperature"]?.double { temperatures.append((step, temperature)) }
            if let score = value["score"]?.double { scores.append((step, score)) }
        }
        curves = [
            Curve(title: "\(result.metric?.title ?? "Metric") on development data", points: scores, marks: true),
            Curve(title: "Loss", points: losses, marks: false),
            Curve(title: "Temperature τ", points: temperatures, marks: false),
        ].filter { !$0.points.isEmpty }
        self.result = result
    }

    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Training</title>
        <style>
        :root { color-scheme: light dark; --line: #2a6fdb; --grid: #8884; }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
        svg { width: 100%; height: auto; } h2 { font-size: 1.1rem; margin-bottom: .25rem; }
        text { font-size: 12px; fill: currentColor; }
        path { fill: none; stroke: var(--line); stroke-width: 1.5; }
        circle { fill: var(--line); } line { stroke: var(--grid); }
        </style>
        </head>
        <body>
        <h1>Training</h1>
        <p>\(outcome)</p>
        \(curves.map(section).joined(separator: "\n"))
        </body>
        </html>

        """
    }

    private var outcome: String {
        guard let metric = result.metric, let base = result.baseScore, let best = result.bestScore
        else { return "\(result.steps) steps; there were no development data." }
        if result.keptStep == 0 {
            return "\(result.steps) steps. None beat the base model (\(metric.title) "
                + "\(label(base))), which was kept."
        }
        return "\(result.steps) steps. \(metric.title) on \(result.judged) development items went "
            + "from \(label(base)) to \(label(best)), at step \(result.keptStep), whose weights were kept."
    }

    private static let width = 720.0
    private static let height = 220.0
    private static let left = 56.0
    private static let bottom = 24.0

    private func section(_ curve: Curve) -> String {
        let (xs, ys) = (curve.points.map(\.x), curve.points.map(\.y))
        let (lastX, low, high) = (xs.max() ?? 1, ys.min() ?? 0, ys.max() ?? 1)
        // A curve that does not move is drawn in the middle.
        let margin = high > low ? (high - low) * 0.05 : max(abs(high) * 0.1, 1e-6)
        let (bottomY, topY) = (low - margin, high + margin)
        func x(_ value: Double) -> Double {
            Self.left + (Self.width - Self.left - 8) * value / max(lastX, 1)
        }
        func y(_ value: Double) -> Double {
            8 + (Self.height - Self.bottom - 8) * (topY - value) / (topY - bottomY)
        }
        func place(_ value: Double) -> String { label(value, digits: 1) }
        var parts: [String] = []
        for tick in 0...4 {
            let value = bottomY + (topY - bottomY) * Double(tick) / 4
            let at = place(y(value))
            parts.append(
                "<line x1=\"\(place(Self.left))\" x2=\"\(place(Self.width))\" y1=\"\(at)\" y2=\"\(at)\"/>"
                    + "<text x=\"\(place(Self.left - 6))\" y=\"\(at)\" text-anchor=\"end\" "
                    + "dominant-baseline=\"middle\">\(label(value))</text>")
        }
        for tick in 0...4 {
            let value = (lastX * Double(tick) / 4).rounded()
            let anchor = tick == 0 ? "start" : tick == 4 ? "end" : "middle"
            parts.append(
                "<text x=\"\(place(x(value)))\" y=\"\(place(Self.height - 6))\" "
                    + "text-anchor=\"\(anchor)\">\(Int(value))</text>")
        }
        let path = curve.points.enumerated().map { index, point in
            "\(index == 0 ? "M" : "L")\(place(x(point.x))) \(place(y(point.y)))"
        }
        parts.append("<path d=\"\(path.joined())\"/>")
        if curve.marks {
            for point in curve.points {
                parts.append(
                    "<circle cx=\"\(place(x(point.x)))\" cy=\"\(place(y(point.y)))\" r=\"3\">"
                        + "<title>step \(Int(point.x)): \(label(point.y))</title></circle>")
            }
        }
        return """
            <h2>\(curve.title)</h2>
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
            aria-label="\(curve.title) over \(Int(lastX)) steps">
            \(parts.joined(separator: "\n"))
            </svg>
            """
    }

    private func label(_ value: Double, digits: Int = 4) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        return "\((value * scale).rounded() / scale)"
    }
}
