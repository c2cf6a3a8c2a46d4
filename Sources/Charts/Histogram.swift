/// How often values fall into equal bins, for one or several groups: a panel each over a common axis,
/// told apart by place, name and filling.
package struct Histogram: Sendable {
    package struct Group: Sendable {
        package let name: String
        /// As many as there are bins.
        package let counts: [Int]

        package init(_ name: String, _ counts: [Int]) {
            self.name = name
            self.counts = counts
        }
    }

    /// Begins the ids of its elements; one a page, of letters, digits and hyphens.
    package var id: String
    package var title: String
    /// What the chart shows, in a sentence, for those who do not see it.
    package var summary: String
    package var xTitle: String
    /// Ascending; bin i reaches from edge i to edge i + 1, the last one with its end.
    package var edges: [Double]
    package var groups: [Group]
    package var marks: [LineChart.Mark]

    package init(
        id: String, title: String, summary: String, x: String, edges: [Double],
        groups: [Group], marks: [LineChart.Mark] = []
    ) {
        self.id = id
        self.title = title
        self.summary = summary
        xTitle = x
        self.edges = edges
        self.groups = groups
        self.marks = marks
    }

    /// Edges at round numbers around all values, at most `bins` + 1 bins; none without values.
    package static func edges(around values: [Double], bins: Int) -> [Double] {
        guard let low = values.min(), let high = values.max() else { return [] }
        return Scale(around: low...high, intervals: bins).ticks
    }

    /// How many of the values are in each bin.
    package static func counts(of values: [Double], in edges: [Double]) -> [Int] {
        guard edges.count > 1 else { return [] }
        var counts = [Int](repeating: 0, count: edges.count - 1)
        for value in values {
            let bin = edges.firstIndex { $0 > value }.map { $0 - 1 } ?? counts.count - 1
            counts[max(bin, 0)] += 1
        }
        return counts
    }

    /// The chart with its data; empty without bins.
    package func html(_ words: ChartWords) -> String {
        guard edges.count > 1, !groups.isEmpty else { return "" }
        let style = edgeStyle
        let rows = (0..<edges.count - 1).map { bin in
            [DataTable.Cell(style.text(edges[bin]...edges[bin + 1]))]
                + groups.map { DataTable.Cell(NumberStyle.count.text(Double($0.counts[bin]))) }
        }
        let table = DataTable(columns: [xTitle] + groups.map(\.name), rows: rows)
        return Figure(svg: svg, legend: [], table: table, words: words).html
    }

    /// As few digits as tell the edges apart.
    private var edgeStyle: NumberStyle {
        let width = (edges[edges.count - 1] - edges[0]) / Double(edges.count - 1)
        return .decimal(Scale.step(atLeast: width * (1 - 1e-6)).digits)
    }

    private static let panelHeight = 80.0
    private static let panelGap = 32.0
    private static let markRow = 16.0

    private var svg: String {
        let most = groups.flatMap(\.counts).max() ?? 0
        let scale = Scale(around: 0...Double(max(most, 1)), intervals: 3)
        // Counts are whole: no ticks between them.
        let ticks = scale.ticks.filter { $0 == $0.rounded() }
        let labels = ticks.map(NumberStyle.count.text)
        let left = (labels.map(Drawing.width(of:)).max() ?? 0) + 8
        let head = Self.markRow * Double(marks.count) + 4
        let x = LinearMap(from: edges[0]...edges[edges.count - 1], to: (left, Drawing.width - 10))
        var drawing = Drawing()
        drawing.add(patterns)
        var bottom = head
        for (index, group) in groups.enumerated() {
            bottom += Self.panelGap + Self.panelHeight
            let y = LinearMap(from: scale.range, to: (bottom, bottom - Self.panelHeight))
            drawing.text(group.name, x: 0, y: bottom - Self.panelHeight - 12, .start)
            for (tick, label) in zip(ticks, labels) {
                drawing.line("grid", from: (left, y(tick)), to: (x.to.end, y(tick)))
                drawing.text(label, x: left - 6, y: y(tick) + 4, .end)
            }
            for (bin, count) in group.counts.enumerated() where count > 0 {
                let (start, end) = (x(edges[bin]), x(edges[bin + 1]))
                let height = bottom - y(Double(count))
                drawing.add(
                    "<rect class=\"bar series-\(index % 6 + 1)\" fill=\"\(fill(index))\" "
                        + "x=\"\(Drawing.place(start + 0.5))\" y=\"\(Drawing.place(y(Double(count))))\" "
                        + "width=\"\(Drawing.place(max(end - start - 1, 0.5)))\" height=\"\(Drawing.place(height))\"/>")
            }
        }
        for (index, mark) in marks.enumerated() {
            let row = 12 + Self.markRow * Double(index)
            drawing.mark(x: x(mark.x), from: row + 4, to: bottom)
            drawing.text(mark.label, x: x(mark.x), y: row, .middle, kind: "mark-label")
        }
        let axis = Scale(around: edges[0]...edges[edges.count - 1], intervals: 5)
        let inside = axis.ticks.filter { $0 >= edges[0] - 1e-9 && $0 <= edges[edges.count - 1] + 1e-9 }
        drawing.labels(inside.map { (x($0), NumberStyle.decimal(axis.digits).text($0)) }, y: bottom + 19)
        drawing.text(xTitle, x: (left + x.to.end) / 2, y: bottom + 36, .middle)
        return drawing.svg(height: bottom + 41, id: id, title: title, summary: summary)
    }

    private func fill(_ index: Int) -> String {
        index == 0 ? "currentColor" : "url(#\(id)-hatch-\(index))"
    }

    /// Hatching for every group but the first, whose bars are full.
    private var patterns: String {
        let patterns = groups.indices.dropFirst().map { index in
            """
            <pattern id="\(id)-hatch-\(index)" width="5" height="5" patternUnits="userSpaceOnUse" \
            patternTransform="rotate(\(index.isMultiple(of: 2) ? -45 : 45))">\
            <rect class="hatch series-\(index % 6 + 1)" width="2" height="5"/></pattern>
            """
        }
        return "<defs>\(patterns.joined())</defs>"
    }
}
