internal import Charts
internal import JSON

/// A page that shows how a training went: metric, loss and temperature over the steps.
struct TrainingPage {
    private let charts: [LineChart]
    private let result: TrainingResult

    /// - Throws: `JSONError` when a line of the log is not JSON.
    init(log: String, result: TrainingResult) throws(JSONError) {
        var losses: [LineChart.Point] = []
        var temperatures: [LineChart.Point] = []
        var scores: [LineChart.Point] = []
        for line in log.split(separator: "\n") {
            let value = try JSONValue(parsing: String(line))
            guard let step = value["step"]?.double else { continue }
            if let loss = value["loss"]?.double { losses.append(.init(x: step, y: loss)) }
            if let temperature = value["temperature"]?.double { temperatures.append(.init(x: step, y: temperature)) }
            if let score = value["score"]?.double { scores.append(.init(x: step, y: score)) }
        }
        let metric = result.metric?.title ?? "Metric"
        charts = [
            Self.chart("score", "\(metric) on development data", metric, scores),
            Self.chart("loss", "Loss", "Loss", losses),
            Self.chart("temperature", "Temperature τ", "τ", temperatures),
        ]
        self.result = result
    }

    var html: String {
        let sections = charts.compactMap { chart -> String? in
            let figure = chart.html(.english)
            guard !figure.isEmpty else { return nil }
            return "<section>\n<h2>\(Markup.escape(chart.title))</h2>\n\(figure)\n</section>"
        }
        let body = """
            <h1>Training</h1>
            <p>\(Markup.escape(outcome))</p>
            <div class="charts">
            \(sections.joined(separator: "\n"))
            </div>
            """
        return Page(language: "en", title: "Training", body: body).html
    }

    private var outcome: String {
        guard let metric = result.metric, let base = result.baseScore, let best = result.bestScore
        else { return "\(result.steps) steps; there were no development data." }
        if result.keptStep == 0 {
            return "\(result.steps) steps. None beat the base model (\(metric.title) "
                + "\(Self.label(base))), which was kept."
        }
        return "\(result.steps) steps. \(metric.title) on \(result.judged) development items went "
            + "from \(Self.label(base)) to \(Self.label(best)), at step \(result.keptStep), whose weights were kept."
    }

    private static func chart(
        _ id: String, _ title: String, _ quantity: String, _ points: [LineChart.Point]
    ) -> LineChart {
        let ys = points.map(\.y)
        var summary = "No points."
        if let first = ys.first, let last = ys.last, let low = ys.min(), let high = ys.max() {
            summary = "From \(label(first)) to \(label(last)), between \(label(low)) and \(label(high))."
        }
        return LineChart(
            id: id, title: title, summary: summary, x: ("Step", .numbers(.count)),
            y: (quantity, .decimal(4), nil), series: [.init(title, points)])
    }

    private static func label(_ value: Double) -> String {
        NumberStyle.decimal(4).text(value)
    }
}
