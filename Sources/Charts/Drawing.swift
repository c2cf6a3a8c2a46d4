/// The parts of an SVG drawing that is 360 units wide, so that its letters of 12 units are readable on
/// a telephone and no larger than the page's own on a wide screen.
struct Drawing {
    static let width = 360.0
    private static let letterSize = 12.0

    enum Anchor: String {
        case start, middle, end
    }

    private var parts: [String] = []

    /// What a text takes in width at most: letters of Latin script as in a wide font, others in full.
    static func width(of text: String) -> Double {
        text.unicodeScalars.reduce(0) { sum, scalar in
            let isNarrow = scalar.value < 0x1100 && !"%@MWmw".unicodeScalars.contains(scalar)
            return sum + letterSize * (isNarrow ? 0.64 : 1)
        }
    }

    /// A place, to a tenth of a unit.
    static func place(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let (whole, tenth) = (abs(tenths) / 10, abs(tenths) % 10)
        return tenth == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(tenth)"
    }

    /// Appends elements as they are.
    mutating func add(_ markup: String) {
        parts.append(markup)
    }

    mutating func line(_ kind: String, from a: (x: Double, y: Double), to b: (x: Double, y: Double)) {
        add(
            "<line class=\"\(kind)\" x1=\"\(Self.place(a.x))\" y1=\"\(Self.place(a.y))\" "
                + "x2=\"\(Self.place(b.x))\" y2=\"\(Self.place(b.y))\"/>")
    }

    /// A vertical line that is seen on any ground.
    mutating func mark(x: Double, from top: Double, to bottom: Double) {
        line("mark-ground", from: (x, top), to: (x, bottom))
        line("mark", from: (x, top), to: (x, bottom))
    }

    /// A text whose base line is at `y`, moved so that it stays in the drawing.
    mutating func text(_ text: String, x: Double, y: Double, _ anchor: Anchor, kind: String = "") {
        let width = Self.width(of: text)
        let offset = switch anchor {
        case .start: 0.0
        case .middle: width / 2
        case .end: width
        }
        let left = max(min(x - offset, Self.width - width), 0)
        let kind = kind.isEmpty ? "" : " class=\"\(kind)\""
        add(
            "<text\(kind) x=\"\(Self.place(left + offset))\" y=\"\(Self.place(y))\" "
                + "text-anchor=\"\(anchor.rawValue)\">\(Markup.escape(text))</text>")
    }

    /// Labels below an axis, left to right; one that has no room beside its neighbours is left out,
    /// the last never.
    mutating func labels(_ labels: [(x: Double, text: String)], y: Double) {
        let gap = 8.0
        var kept: [(x: Double, text: String)] = []
        func end(_ label: (x: Double, text: String)) -> Double { label.x + Self.width(of: label.text) / 2 }
        func start(_ label: (x: Double, text: String)) -> Double { label.x - Self.width(of: label.text) / 2 }
        for label in labels where kept.last.map({ end($0) + gap <= start(label) }) ?? true {
            kept.append(label)
        }
        if let last = labels.last, kept.last?.x != last.x {
            while let former = kept.last, end(former) + gap > start(last) { kept.removeLast() }
            kept.append(last)
        }
        for label in kept { text(label.text, x: label.x, y: y, .middle) }
    }

    /// The drawing as an image with a name and a description.
    ///
    /// - Parameter id: begins the ids of its parts, of letters, digits and hyphens.
    func svg(height: Double, id: String, title: String, summary: String) -> String {
        """
        <svg viewBox="0 0 \(Self.place(Self.width)) \(Self.place(height))" role="img" \
        aria-labelledby="\(id)-title \(id)-desc">
        <title id="\(id)-title">\(Markup.escape(title))</title>
        <desc id="\(id)-desc">\(Markup.escape(summary))</desc>
        \(parts.joined(separator: "\n"))
        </svg>
        """
    }
}
