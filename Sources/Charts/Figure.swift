/// What a chart says besides its own titles, in the language of the page.
package struct ChartWords: Sendable {
    /// What opens the table of a chart's data.
    package let data: String
    /// Of the interval around a point, such as "95% interval".
    package let interval: String
    /// Says that a table has one point in so many.
    package let everySo: @Sendable (Int) -> String

    package init(data: String, interval: String, everySo: @escaping @Sendable (Int) -> String) {
        self.data = data
        self.interval = interval
        self.everySo = everySo
    }

    package static let english = ChartWords(
        data: "Data as a table", interval: "95% interval", everySo: { "One point in \($0)" })
}

/// A drawing, its legend and its data as a table.
struct Figure {
    let svg: String
    /// Entries as HTML.
    let legend: [String]
    let table: DataTable
    let words: ChartWords

    var html: String {
        let list = legend.isEmpty ? "" : "<ul class=\"legend\">\n\(legend.joined(separator: "\n"))\n</ul>\n"
        return """
            <figure>
            \(svg)
            \(list)<details><summary>\(Markup.escape(words.data))</summary>
            \(table.html)
            </details>
            </figure>
            """
    }
}
