import Charts
import TestSupport
import Testing

@Suite struct `Charts of a page` {
    private func chart(_ series: [LineChart.Series], _ axis: LineChart.HorizontalAxis = .numbers(.count)) -> LineChart {
        LineChart(
            id: "c", title: "T <1>", summary: "S & s", x: ("Steps", axis), y: ("Loss", .decimal(3), nil),
            series: series)
    }

    private func points(_ ys: [Double]) -> [LineChart.Point] {
        ys.enumerated().map { .init(x: Double($0), y: $1) }
    }

    private func page(_ body: String) -> String { Page(language: "en", title: "t", body: body).html }

    @Test func `are an image with a title and a description, and have their data as a table`() {
        let html = chart([.init("a", points([0.5, 0.25, 0.125]))]).html(.english)
        #expect(malformation(of: page(html)) == nil)
        #expect(html.contains("role=\"img\" aria-labelledby=\"c-title c-desc\""))
        #expect(html.contains("<title id=\"c-title\">T &lt;1&gt;</title>"))
        #expect(html.contains("<desc id=\"c-desc\">S &amp; s</desc>"))
        #expect(html.contains("<details><summary>Data as a table</summary>"))
        for value in ["0.500", "0.250", "0.125"] { #expect(html.contains("<span>\(value)</span>")) }
    }

    @Test func `tell several curves apart by letter, dashes and marks, without colour`() {
        let html = chart((0..<8).map { .init("curve \($0)", points([1, Double($0)])) }).html(.english)
        #expect(malformation(of: page(html)) == nil)
        for letter in "ABCDEFGH" { #expect(html.contains(">\(letter)</text>") && html.contains("<b>\(letter)</b>")) }
        let dashes = html.split(separator: "stroke-dasharray=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(Set(dashes).count == 5)
        #expect(!chart([.init("alone", points([1, 2]))]).html(.english).contains("<b>A</b>"))
    }

    @Test func `keep the letters of curves that end in one place apart`() throws {
        let html = chart((0..<8).map { .init("curve \($0)", points([Double($0), 1])) }).html(.english)
        let letters = html.split(separator: "<text class=\"letter\"").dropFirst()
        let places = try letters.map { letter in
            let text = try #require(letter.split(separator: " y=\"").dropFirst().first?.prefix { $0 != "\"" })
            return try #require(Double(text))
        }
        #expect(places.count == 8)
        #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= 12.9 })
        #expect(places.allSatisfy { (12...230).contains($0) })
    }

    @Test func `draw nothing of nothing, and leave out what is no number`() {
        #expect(chart([]).html(.english).isEmpty)
        #expect(chart([.init("a", [])]).html(.english).isEmpty)
        #expect(chart([.init("a", points([.nan, .infinity]))]).html(.english).isEmpty)
        let html = chart([.init("a", points([1, .nan, 3]))]).html(.english)
        #expect(malformation(of: page(html)) == nil)
        #expect(!html.contains("nan") && !html.contains("inf"))
    }

    @Test(arguments: [[7], [0], [1e-12, 2e-12], [-5, -5, -5], [1e9, 1e9 + 1], [0, 1e12]] as [[Double]])
    func `draw awkward values inside the picture`(ys: [Double]) throws {
        let html = chart([.init("a", points(ys))]).html(.english)
        #expect(malformation(of: page(html)) == nil)
        let circles = html.split(separator: "<circle").dropFirst()
        #expect(circles.count == ys.count)
        for circle in circles {
            for (name, most) in [("cx", 360.0), ("cy", 240)] {
                let text = try #require(circle.split(separator: "\(name)=\"").dropFirst().first?.prefix { $0 != "\"" })
                let place = try #require(Double(text))
                #expect((0...most).contains(place))
            }
        }
    }

    @Test func `thin long tables out and say so`() {
        let html = chart([.init("a", points((0..<1001).map { Double($0) }))]).html(.english)
        let rows = html.split(separator: "<th scope=\"row\"").count - 1
        #expect((50...101).contains(rows))
        #expect(html.contains("One point in 11"))
        // The last point stays.
        #expect(html.contains(">1,000</th>"))
    }

    @Test func `show intervals as whiskers of few points and as a band of many`() {
        func series(_ count: Int) -> LineChart.Series {
            .init("a", (0..<count).map { .init(x: Double($0), y: 1, interval: 0.5...2) })
        }
        let few = chart([series(4)]).html(.english)
        #expect(few.split(separator: "class=\"whisker").count - 1 == 4 * 3)
        #expect(few.contains("1.000 (0.500–\u{2060}2.000)") && few.contains("95% interval"))
        let many = chart([series(40)]).html(.english)
        #expect(many.contains("class=\"band") && !many.contains("class=\"whisker"))
    }

    @Test func `have marks, references and remarks`() {
        var chart = chart([
            .init("a", points([1, 2, 3])), .init("level 2", [.init(x: 0, y: 2), .init(x: 2, y: 2)], isReference: true),
        ])
        chart.marks = [.init(x: 1, label: "here")]
        chart.remarks = ("setting", [0: "low", 1: "middle"])
        let html = chart.html(.english)
        #expect(malformation(of: page(html)) == nil)
        #expect(html.contains(">here</text>"))
        #expect(html.contains("data-label=\"setting\"><span>middle</span>"))
        #expect(!html.contains("data-label=\"level 2\""))
    }
}

@Suite struct `Histograms` {
    @Test(arguments: [[0.1], [0.5, 0.5], [-3, 7.7, 2], [0, 1e6], (0..<500).map { Double($0) / 499 }] as [[Double]])
    func `count every value once, between round edges`(values: [Double]) {
        let edges = Histogram.edges(around: values, bins: 20)
        let counts = Histogram.counts(of: values, in: edges)
        #expect(counts.count == edges.count - 1 && (1...22).contains(counts.count))
        #expect(counts.reduce(0, +) == values.count)
        for (bin, count) in counts.enumerated() {
            let isLast = bin == counts.count - 1
            let inside = values.count { $0 >= edges[bin] && ($0 < edges[bin + 1] || isLast) }
            #expect(count == inside)
        }
    }

    @Test func `have a panel a group, and their counts as a table`() {
        let html = Histogram(
            id: "h", title: "T", summary: "S", x: "Score", edges: [0, 0.5, 1],
            groups: [.init("right", [1, 12]), .init("wrong", [7, 0])],
            marks: [.init(x: 0.6, label: "threshold")]
        ).html(.english)
        #expect(malformation(of: Page(language: "en", title: "t", body: html).html) == nil)
        #expect(html.split(separator: "class=\"bar").count - 1 == 3)
        #expect(html.contains("url(#h-hatch-1)") && html.contains("id=\"h-hatch-1\""))
        #expect(html.contains("0.0–\u{2060}0.5</th><td role=\"cell\" data-label=\"right\"><span>1</span>"))
    }

    @Test func `draw nothing of nothing`() {
        #expect(Histogram.edges(around: [], bins: 20).isEmpty)
        #expect(Histogram.counts(of: [1], in: []).isEmpty)
        #expect(Histogram(id: "h", title: "", summary: "", x: "", edges: [], groups: []).html(.english).isEmpty)
    }
}

@Suite struct `Texts in pages` {
    @Test func `stay texts`() {
        let text = "<b a=\"1\">&amp;\u{0}\u{1B}\u{202E}\u{FFFF}'\n日本語"
        let safe = "&lt;b a=&quot;1&quot;&gt;&amp;amp;\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}'\n日本語"
        #expect(Markup.escape(text) == safe)
        #expect(malformation(of: "<p title=\"\(Markup.escape(text))\">\(Markup.escape(text))</p>") == nil)
    }

    @Test func `stay texts in Markdown, and in their cells`() {
        let table = DataTable(caption: "C|c", columns: ["a", "b*"], rows: [[.init("x\ny"), .init("<i>|", note: "n_")]])
        let expected = "C\\|c\n\n| a | b\\* |\n| --- | ---: |\n| x y | &lt;i&gt;\\|<br>n\\_ |"
        #expect(table.markdown == expected)
    }

    @Test func `stand in tables whose headings have a scope`() {
        let table = DataTable(columns: ["a", "b"], rows: [["1", "2"], ["3", "4"]])
        #expect(malformation(of: table.html) == nil)
        #expect(table.html.split(separator: "<th scope=\"col\"").count - 1 == 2)
        #expect(table.html.split(separator: "<th scope=\"row\"").count - 1 == 2)
    }
}
