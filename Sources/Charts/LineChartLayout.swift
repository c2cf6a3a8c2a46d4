/// Where the parts of a line chart stand.
struct LineChartLayout {
    private let chart: LineChart
    private let yScale: Scale
    private let xTicks: [(value: Double, label: String)]
    private let x: LinearMap
    private let y: LinearMap
    private let top: Double

    private static let plotHeight = 170.0
    private static let markRow = 16.0
    /// Beyond so many points a curve has no marks at them, and a band for its intervals.
    private static let mostMarkers = 12

    init(_ chart: LineChart) {
        self.chart = chart
        let points = chart.series.flatMap(\.points)
        var values = points.map(\.y) + points.compactMap(\.interval).flatMap { [$0.lowerBound, $0.upperBound] }
        if let range = chart.yRange { values += [range.lowerBound, range.upperBound] }
        let scale: Double = chart.yStyle.isPercent ? 100 : 1
        let (low, high) = ((values.min() ?? 0) * scale, (values.max() ?? 1) * scale)
        let ySteps = Scale(around: low...high, intervals: 5)
        yScale = ySteps
        top = 26 + Self.markRow * Double(chart.marks.count)

        let labels = ySteps.ticks.map { Self.tickText($0, chart.yStyle, ySteps) }
        let left = (labels.map(Drawing.width(of:)).max() ?? 0) + 8
        // Letters of curves stand right of the plot.
        let right = Drawing.width - (chart.series.count > 1 ? 22 : 10)
        y = LinearMap(
            from: yScale.range.lowerBound / scale...yScale.range.upperBound / scale,
            to: (top + Self.plotHeight, top))
        let xs = points.map(\.x) + chart.marks.map(\.x)
        let (first, last) = (xs.min() ?? 0, xs.max() ?? 1)
        switch chart.xAxis {
        case .numbers(let style):
            let factor: Double = style.isPercent ? 100 : 1
            let ticks = Scale(around: first * factor...last * factor, intervals: 5)
            xTicks = ticks.ticks.map { ($0 / factor, style.with(digits: ticks.digits).text($0 / factor)) }
            x = LinearMap(
                from: ticks.range.lowerBound / factor...ticks.range.upperBound / factor, to: (left, right))
        case .points:
            xTicks = Set(points.map(\.x)).sorted().map { ($0, chart.label($0)) }
            x = LinearMap(from: first...last, to: (left + 12, right - 12))
        case .categories(let names):
            xTicks = names.enumerated().map { (Double($0), $1) }
            x = LinearMap(from: -0.5...Double(max(names.count, 1)) - 0.5, to: (left, right))
        }
    }

    func hasMarkers(_ series: LineChart.Series) -> Bool {
        !series.isReference && series.points.count <= Self.mostMarkers
    }

    var svg: String {
        var drawing = Drawing()
        drawAxes(in: &drawing)
        for (index, mark) in chart.marks.enumerated() {
            let row = 28 + Self.markRow * Double(index)
            drawing.mark(x: x(mark.x), from: row + 4, to: top + Self.plotHeight)
            drawing.text(mark.label, x: x(mark.x), y: row, .middle, kind: "mark-label")
        }
        for (index, series) in chart.series.enumerated() {
            draw(series, SeriesStyle(index: index), shift: shift(of: index), in: &drawing)
        }
        if chart.series.count > 1 { drawLetters(in: &drawing) }
        return drawing.svg(
            height: top + Self.plotHeight + 41, id: chart.id, title: chart.title, summary: chart.summary)
    }

    /// Curves over the same few categories stand side by side, so that their intervals can be told apart.
    private func shift(of index: Int) -> Double {
        guard case .categories = chart.xAxis, chart.series.count > 1 else { return 0 }
        let room = (x(1) - x(0)) * 0.7 / Double(chart.series.count)
        return (Double(index) - Double(chart.series.count - 1) / 2) * min(room, 7)
    }

    private static func tickText(_ tick: Double, _ style: NumberStyle, _ scale: Scale) -> String {
        style.with(digits: scale.digits).text(style.isPercent ? tick / 100 : tick)
    }

    private func drawAxes(in drawing: inout Drawing) {
        let bottom = top + Self.plotHeight
        drawing.text(chart.yTitle, x: 0, y: 12, .start)
        let (left, right) = (x.to.start, x.to.end)
        let scale: Double = chart.yStyle.isPercent ? 100 : 1
        for tick in yScale.ticks {
            let place = y(tick / scale)
            drawing.line("grid", from: (left, place), to: (right, place))
            drawing.text(
                Self.tickText(tick, chart.yStyle, yScale), x: left - 6, y: place + 4, .end)
        }
        drawing.labels(xTicks.map { (x($0.value), $0.label) }, y: bottom + 19)
        drawing.text(chart.xTitle, x: (left + right) / 2, y: bottom + 36, .middle)
    }

    private func draw(
        _ series: LineChart.Series, _ style: SeriesStyle, shift: Double, in drawing: inout Drawing
    ) {
        let places = series.points.map { (x: x($0.x) + shift, y: y($0.y)) }
        guard let first = places.first else { return }
        func path(_ places: [(x: Double, y: Double)]) -> String {
            places.map { "\(Drawing.place($0.x)) \(Drawing.place($0.y))" }.joined(separator: "L")
        }
        let intervals = zip(series.points, places).compactMap { point, place in
            point.interval.map { (x: place.x, low: y($0.lowerBound), high: y($0.upperBound)) }
        }
        if hasMarkers(series) {
            for interval in intervals {
                let (x, low, high) = (interval.x, interval.low, interval.high)
                drawing.line("whisker \(style.kind)", from: (x, low), to: (x, high))
                for end in [low, high] {
                    drawing.line("whisker \(style.kind)", from: (x - 2.5, end), to: (x + 2.5, end))
                }
            }
        } else if intervals.count > 1 {
            let outline = intervals.map { (x: $0.x, y: $0.high) } + intervals.reversed().map { (x: $0.x, y: $0.low) }
            drawing.add("<path class=\"band \(style.kind)\" d=\"M\(path(outline))Z\"/>")
        }
        if places.count > 1 {
            drawing.add("<path class=\"curve \(style.kind)\"\(style.dashAttribute) d=\"M\(path(places))\"/>")
        }
        if hasMarkers(series) {
            for place in places { drawing.add(style.marker(x: place.x, y: place.y)) }
        } else if places.count == 1 {
            drawing.add(style.marker(x: first.x, y: first.y))
        }
    }

    /// A letter right of the plot for each curve, as near to its end as the others leave room.
    private func drawLetters(in drawing: inout Drawing) {
        let ends = chart.series.enumerated().compactMap { index, series in
            series.points.last.map { (index: index, x: x($0.x) + shift(of: index), y: y($0.y)) }
        }.sorted { ($0.y, $0.index) < ($1.y, $1.index) }
        let spread = Self.spread(ends.map(\.y), apart: 13, within: top + 2...top + Self.plotHeight)
        for (end, place) in zip(ends, spread) {
            let left = x.to.end + 8
            drawing.line("leader", from: (end.x, end.y), to: (left - 2, place))
            drawing.text(SeriesStyle(index: end.index).letter, x: left, y: place + 4, .start, kind: "letter")
        }
    }

    /// Places in the same ascending order, at least `apart` from each other where the room allows, as
    /// near to the wanted ones as a pass down and a pass up bring them.
    static func spread(_ wanted: [Double], apart: Double, within range: ClosedRange<Double>) -> [Double] {
        let room = range.upperBound - range.lowerBound
        let apart = min(apart, room / Double(max(wanted.count - 1, 1)))
        var places = wanted.map { min(max($0, range.lowerBound), range.upperBound) }
        for index in places.indices.dropFirst() {
            places[index] = max(places[index], places[index - 1] + apart)
        }
        if let last = places.last, last > range.upperBound { places[places.count - 1] = range.upperBound }
        for index in places.indices.dropLast().reversed() {
            places[index] = min(places[index], places[index + 1] - apart)
        }
        return places
    }
}
