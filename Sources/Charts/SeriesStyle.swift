/// How one of several curves is told from the others: by a letter, a shape, dashes and a colour.
struct SeriesStyle: Sendable {
    /// Counted from 0.
    let index: Int

    private static let dashes = ["", "7 3", "2 3", "9 3 2 3", "14 4", "5 2 1 2 1 2"]

    /// The class that gives it the page's colour.
    var kind: String { "series-\(index % Self.dashes.count + 1)" }

    /// "A", "B", …, after "Z" "A2", …
    var letter: String {
        let letter = Character(Unicode.Scalar(UInt8(ascii: "A") + UInt8(index % 26)))
        return index < 26 ? "\(letter)" : "\(letter)\(index / 26 + 1)"
    }

    var dashAttribute: String {
        let dash = Self.dashes[index % Self.dashes.count]
        return dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
    }

    /// A mark of about 7 units around a point.
    func marker(x: Double, y: Double) -> String {
        func point(_ dx: Double, _ dy: Double) -> String {
            "\(Drawing.place(x + dx)) \(Drawing.place(y + dy))"
        }
        func shape(_ points: [(Double, Double)]) -> String {
            let path = points.map { point($0.0, $0.1) }.joined(separator: "L")
            return "<path class=\"marker \(kind)\" d=\"M\(path)Z\"/>"
        }
        func strokes(_ lines: [((Double, Double), (Double, Double))]) -> String {
            let path = lines.map { "M\(point($0.0.0, $0.0.1))L\(point($0.1.0, $0.1.1))" }.joined()
            return "<path class=\"stroke \(kind)\" d=\"\(path)\"/>"
        }
        switch index % Self.dashes.count {
        case 0:
            return "<circle class=\"marker \(kind)\" cx=\"\(Drawing.place(x))\" "
                + "cy=\"\(Drawing.place(y))\" r=\"3.5\"/>"
        case 1: return shape([(-3, -3), (3, -3), (3, 3), (-3, 3)])
        case 2: return shape([(0, -4), (4, 3), (-4, 3)])
        case 3: return shape([(0, -4.5), (4.5, 0), (0, 4.5), (-4.5, 0)])
        case 4: return strokes([((-3.5, -3.5), (3.5, 3.5)), ((-3.5, 3.5), (3.5, -3.5))])
        default: return strokes([((-4.5, 0), (4.5, 0)), ((0, -4.5), (0, 4.5))])
        }
    }

    /// An entry of a legend: letter, a piece of the curve, name.
    func legend(_ name: String, hasMarker: Bool) -> String {
        """
        <li><b>\(letter)</b> <svg class="sample" viewBox="0 0 36 12" aria-hidden="true">\
        <path class="curve \(kind)"\(dashAttribute) d="M0 6L36 6"/>\
        \(hasMarker ? marker(x: 18, y: 6) : "")</svg> <span>\(Markup.escape(name))</span></li>
        """
    }
}
