internal import Charts

/// The charts of a report; nil where it lacks what they would show.
extension ReportContent {
    /// Recall@k of every candidate.
    var recallChart: LineChart? {
        let ks = Set(report.candidates.flatMap { $0.recall.map(\.k) }).sorted()
        guard let last = ks.last else { return nil }
        let places = Dictionary(uniqueKeysWithValues: ks.enumerated().map { ($1, Double($0)) })
        let series = report.candidates.filter { !$0.recall.isEmpty }.map { candidate in
            LineChart.Series(
                name(candidate),
                candidate.recall.compactMap { point in
                    places[point.k].map { .init(x: $0, y: point.recall.value, interval: point.recall.interval) }
                })
        }
        let atLast = report.candidates.compactMap { $0.recall.first { $0.k == last }?.recall.value }
        let style = NumberStyle.percent(1)
        return LineChart(
            id: "recall", title: wording.recallTitle,
            summary: wording.recallSummary(
                lowest: style.text(atLast.min() ?? .nan), highest: style.text(atLast.max() ?? .nan), k: last),
            x: (wording.recallAxes.x, .categories(ks.map { wording.count($0) })),
            y: (wording.recallAxes.y, style, nil), series: series)
    }

    /// Precision by coverage, with the wanted precision and the chosen threshold.
    var precisionChart: LineChart? {
        guard let calibration = report.calibration, !calibration.curve.isEmpty else { return nil }
        let style = NumberStyle.percent(1)
        let wanted = NumberStyle.percent(0).text(calibration.wantedPrecision)
        let coverages = calibration.curve.map(\.coverage)
        let ends = [min(coverages.min() ?? 0, 0), max(coverages.max() ?? 1, 1)]
        let threshold = calibration.chosen.map { calibration.score.style.text($0.threshold) }
        return LineChart(
            id: "precision", title: wording.curveTitle,
            summary: wording.curveSummary(
                questions: calibration.answerable + calibration.unanswerable, threshold: threshold),
            x: (wording.curveAxes.x, .numbers(.percent(1))), y: (wording.curveAxes.y, style, 1...1),
            series: [
                .init(wording.precisionCurve, calibration.curve.map { .init(x: $0.coverage, y: $0.precision) }),
                .init(
                    wording.wanted(wanted), ends.map { .init(x: $0, y: calibration.wantedPrecision) },
                    isReference: true),
            ],
            marks: calibration.chosen.map {
                [.init(x: $0.coverage.value, label: wording.threshold(threshold ?? ""))]
            } ?? [],
            remarks: (
                wording.score(calibration.score),
                Dictionary(calibration.curve.map { ($0.coverage, calibration.score.style.text($0.threshold)) }) { $1 }
            ))
    }

    var scoreChart: Histogram? {
        guard let scores = report.scores, scores.edges.count > 1 else { return nil }
        let threshold = report.calibration?.chosen?.threshold
        let range = scores.edges[0]...scores.edges[scores.edges.count - 1]
        return Histogram(
            id: "scores", title: wording.scoresTitle, summary: wording.scoresSummary,
            x: wording.score(scores.score), edges: scores.edges,
            groups: [
                .init(wording.rightAnswers(scores.right.reduce(0, +)), scores.right),
                .init(wording.wrongAnswers(scores.wrong.reduce(0, +)), scores.wrong),
            ],
            marks: threshold.flatMap { value in
                range.contains(value)
                    ? [.init(x: value, label: wording.threshold(scores.score.style.text(value)))] : nil
            } ?? [])
    }

    var learningChart: LineChart? {
        guard let learning = report.learning, let first = learning.points.first,
            let last = learning.points.last
        else { return nil }
        let style = report.metric.style
        return LineChart(
            id: "learning", title: wording.sections.labels,
            summary: wording.learningSummary(
                from: style.text(first.score.value), to: style.text(last.score.value), pairs: last.pairs),
            x: (wording.learningAxis, .points(.count)), y: (metricTitle, style, nil),
            series: [
                .init(
                    metricTitle,
                    learning.points.map {
                        .init(x: Double($0.pairs), y: $0.score.value, interval: $0.score.interval)
                    })
            ])
    }
}
