/// Curves over a common axis, with intervals where there are some.
package struct LineChart: Sendable {
    package struct Point: Sendable {
        package let x: Double
        package let y: Double
        package let interval: ClosedRange<Double>?

        package init(x: Double, y: Double, interval: ClosedRange<Double>? = nil) {
            self.x = x
            self.y = y
            self.interval = interval
        }
    }

    package struct Series: Sendable {
        package let name: String
        /// In the order of x. Those that are not finite are left out; none draws nothing.
        package let points: [Point]
        /// Whether this is a level to compare with, which its name says, rather than something measured:
        /// it has no marks at points and no column in the table.
        package let isReference: Bool

        package init(_ name: String, _ points: [Point], isReference: Bool = false) {
            self.name = name
            self.points = points.filter {
                $0.x.isFinite && $0.y.isFinite
                    && ($0.interval.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } ?? true)
            }
            self.isReference = isReference
        }
    }

    package enum HorizontalAxis: Sendable {
        /// A scale of round numbers.
        case numbers(NumberStyle)
        /// A scale that is labelled where there are points.
        case points(NumberStyle)
        /// Equal steps with these names: x is the place in the list.
        case categories([String])
    }

    /// A vertical line with a label at its head.
    package struct Mark: Sendable {
        package let x: Double
        package let label: String

        package init(x: Double, label: String) {
            self.x = x
            self.label = label
        }
    }

    /// Begins the ids of its elements; one a page, of letters, digits and hyphens.
    package var id: String
    package var title: String
    /// What the chart shows, in a sentence, for those who do not see it.
    package var summary: String
    package var xTitle: String
    package var yTitle: String
    package var xAxis: HorizontalAxis
    package var yStyle: NumberStyle
    /// What the vertical axis reaches at least; nil for what the points need.
    package var yRange: ClosedRange<Double>?
    package var series: [Series]
    package var marks: [Mark] = []
    /// A column of the table beside the axis, such as what setting leads to each x.
    package var remarks: (title: String, texts: [Double: String])?

    package init(
        id: String, title: String, summary: String, x: (title: String, axis: HorizontalAxis),
        y: (title: String, style: NumberStyle, range: ClosedRange<Double>?), series: [Series],
        marks: [Mark] = [], remarks: (title: String, texts: [Double: String])? = nil
    ) {
        self.id = id
        self.title = title
        self.summary = summary
        xTitle = x.title
        xAxis = x.axis
        yTitle = y.title
        yStyle = y.style
        yRange = y.range
        self.series = series
        self.marks = marks
        self.remarks = remarks
    }

    /// The chart with its legend and its data; empty when no series has a point.
    package func html(_ words: ChartWords) -> String {
        guard series.contains(where: { !$0.points.isEmpty }) else { return "" }
        let layout = LineChartLayout(self)
        let legend = series.count < 2
            ? [] : series.enumerated().map { SeriesStyle(index: $0).legend($1.name, hasMarker: layout.hasMarkers($1)) }
        return Figure(svg: layout.svg, legend: legend, table: table(words), words: words).html
    }

    /// The most rows that the table of a chart has.
    private static let mostRows = 100

    private func table(_ words: ChartWords) -> DataTable {
        let measured = series.filter { !$0.isReference }
        let xs = Set(measured.flatMap { $0.points.map(\.x) }).sorted()
        let stride = max((xs.count + Self.mostRows - 1) / Self.mostRows, 1)
        let kept = xs.enumerated().filter { $0.offset.isMultiple(of: stride) || $0.offset == xs.count - 1 }
        let values = measured.map { Dictionary($0.points.map { ($0.x, $0) }) { first, _ in first } }
        let rows = kept.map { _, x in
            var row = [DataTable.Cell(label(x))]
            if let remarks { row.append(DataTable.Cell(remarks.texts[x] ?? "–")) }
            return row + values.map { points in
                DataTable.Cell(points[x].map { yStyle.text($0.y, $0.interval) } ?? "–")
            }
        }
        let hasIntervals = measured.contains { $0.points.contains { $0.interval != nil } }
        let captions = [
            stride > 1 ? words.everySo(stride) : nil, hasIntervals ? words.interval : nil,
        ].compactMap(\.self)
        return DataTable(
            caption: captions.isEmpty ? nil : captions.joined(separator: "; "),
            columns: [xTitle] + (remarks.map { [$0.title] } ?? [])
                + (measured.count == 1 ? [yTitle] : measured.map(\.name)),
            rows: rows)
    }

    /// How an x is written.
    func label(_ x: Double) -> String {
        switch xAxis {
        case .numbers(let style), .points(let style): return style.text(x)
        case .categories(let names):
            let index = Int(x)
            return names.indices.contains(index) ? names[index] : NumberStyle.decimal(1).text(x)
        }
    }
}
