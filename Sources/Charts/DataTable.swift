/// A table as HTML. With more than two columns, each row becomes a block of lines, "column: value", on
/// a narrow screen, so that nothing is cut or scrolls sideways.
package struct DataTable: Sendable {
    package let caption: String?
    package let columns: [String]
    /// As many cells a row as there are columns; the first is the row's heading.
    package let rows: [[Cell]]

    package struct Cell: Sendable, ExpressibleByStringLiteral {
        package let text: String
        /// Smaller, below the text.
        package let note: String?

        package init(_ text: String, note: String? = nil) {
            self.text = text
            self.note = note
        }

        var markup: String {
            Markup.escape(text) + (note.map { " <small>\(Markup.escape($0))</small>" } ?? "")
        }

        package init(stringLiteral text: String) {
            self.init(text, note: nil)
        }
    }

    package init(caption: String? = nil, columns: [String], rows: [[Cell]]) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }

    package var html: String {
        let caption = caption.map { "<caption>\(Markup.escape($0))</caption>\n" } ?? ""
        // Roles are spelled out because a browser drops a table's own when its rows become blocks.
        let head = columns.map { "<th scope=\"col\" role=\"columnheader\">\(Markup.escape($0))</th>" }
        let body = rows.map { row in
            let cells = zip(columns, row).enumerated().map { index, cell in
                let (column, content) = cell
                let label = Markup.escape(column)
                if index == 0 { return "<th scope=\"row\" role=\"rowheader\" data-label=\"\(label)\">\(content.markup)</th>" }
                return "<td role=\"cell\" data-label=\"\(label)\"><span>\(content.markup)</span></td>"
            }
            return "<tr role=\"row\">\(cells.joined())</tr>"
        }
        return """
            <table role="table"\(columns.count > 2 ? " class=\"stacked\"" : "")>
            \(caption)<thead role="rowgroup"><tr role="row">\(head.joined())</tr></thead>
            <tbody role="rowgroup">
            \(body.joined(separator: "\n"))
            </tbody>
            </table>
            """
    }
}

extension DataTable {
    /// The table in GitHub's Markdown, its caption above it.
    package var markdown: String {
        func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
        let body = rows.map { row in
            line(row.map { Self.markdown($0.text) + ($0.note.map { "<br>\(Self.markdown($0))" } ?? "") })
        }
        let head = [
            line(columns.map(Self.markdown)),
            line(columns.indices.map { $0 == 0 ? "---" : "---:" }),
        ]
        return (caption.map { [Self.markdown($0), ""] } ?? []).joined(separator: "\n")
            + (caption == nil ? "" : "\n") + (head + body).joined(separator: "\n")
    }

    /// A text as it may stand on a line of Markdown and in a cell of a table: no mark-up of its own.
    package static func markdown(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\", "|", "*", "_", "`", "[", "]", "#", "~": result += "\\\(character)"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case _ where character.isNewline: result += " "
            default: result.append(character)
            }
        }
        return result
    }
}
