import Evaluation
import JSON

/// What a comparison found, as text and as JSON.
struct ComparisonReport {
    let comparison: Comparison
    let queries: RankingQueries
    let runs: [Run]
    /// How many queries no candidate can be judged on, and that are left out.
    let withoutRelevant: Int
    /// For each system how many of the queries its model has learned; nil where that is not known.
    let learned: [Int?]
    let examples: (system: Int, other: Int, won: [Int], lost: [Int])
    let confidence: Double

    var json: JSONValue {
        func example(_ row: Int) -> JSONValue {
            let id = comparison.queries[row]
            return [
                "query": .string(id), "text": queries.text(of: id).map { .string($0) } ?? .null,
                "value": .number(comparison.values[examples.system][row]),
                "against": .number(comparison.values[examples.other][row]),
                "found": firstFound(examples.system, id).map { .string($0) } ?? .null,
                "found_against": firstFound(examples.other, id).map { .string($0) } ?? .null,
            ]
        }
        return [
            "metric": .string(comparison.metric.description),
            "queries": .integer(comparison.queries.count), "without_relevant": .integer(withoutRelevant),
            "candidates": .array(comparison.names.indices.map { index in
                [
                    "name": .string(comparison.names[index]), "value": .number(comparison.means[index]),
                    "interval": Self.range(comparison.intervals[index]),
                    "learned": learned[index].map { .integer($0) } ?? .null,
                ]
            }),
            "comparisons": .array(comparison.pairs.map { pair in
                [
                    "better": .string(comparison.names[pair.better]),
                    "worse": .string(comparison.names[pair.worse]),
                    "difference": .number(pair.difference), "interval": Self.range(pair.interval),
                    "p": .number(pair.pValue), "p_holm": .number(pair.corrected),
                    "won": .integer(pair.won), "lost": .integer(pair.lost),
                ]
            }),
            "examples": [
                "of": .string(comparison.names[examples.system]),
                "against": .string(comparison.names[examples.other]),
                "won": .array(examples.won.map(example)), "lost": .array(examples.lost.map(example)),
            ],
        ]
    }

    private static func range(_ range: ClosedRange<Double>) -> JSONValue {
        .array([.number(range.lowerBound), .number(range.upperBound)])
    }

    private func firstFound(_ system: Int, _ query: String) -> String? {
        runs[system].results(of: query)?.first?.document
    }

    var text: String {
        let width = (comparison.names.map(\.count).max() ?? 0) + 2
        var lines = ["\(comparison.metric) on \(grouped(comparison.queries.count)) queries"]
        if withoutRelevant > 0 { lines.append("left out: \(grouped(withoutRelevant)) without a relevant document") }
        lines.append("")
        for index in comparison.names.indices.sorted(by: { comparison.means[$0] > comparison.means[$1] }) {
            lines.append(
                padded(comparison.names[index], to: width) + decimal(comparison.means[index], 3)
                    + "  (\(range(comparison.intervals[index])))")
        }
        for (name, count) in zip(comparison.names, learned) {
            guard let count, count > 0 else { continue }
            lines.append("\(name): \(grouped(count)) of the queries stood in its model's training data")
        }
        lines += [
            "",
            "Differences, their \(decimal(100 * confidence, 0)) % intervals, p by randomization with Holm's "
                + "correction, queries won and lost:", "",
        ]
        for pair in comparison.pairs.sorted(by: { $0.difference > $1.difference }) {
            lines.append(
                padded(comparison.names[pair.better], to: width) + "over  "
                    + padded(comparison.names[pair.worse], to: width) + decimal(pair.difference, 3)
                    + "  (\(range(pair.interval)))  p \(pair.corrected < 0.0001 ? "< 0.0001" : decimal(pair.corrected, 4))  \(pair.won) : \(pair.lost)")
        }
        let names = (comparison.names[examples.system], comparison.names[examples.other])
        for (title, rows) in [("wins", examples.won), ("loses", examples.lost)] where !rows.isEmpty {
            lines += ["", "What \(names.0) \(title) most against \(names.1):"]
            for row in rows {
                let id = comparison.queries[row]
                let values = [examples.system, examples.other].map {
                    decimal(comparison.values[$0][row], 3)
                        + (firstFound($0, id).map { " (\($0))" } ?? "")
                }
                lines.append("  \(oneLine(queries.text(of: id) ?? id))")
                lines.append("      \(values[0]) against \(values[1])")
            }
        }
        return lines.joined(separator: "\n")
    }

    private func range(_ range: ClosedRange<Double>) -> String {
        "\(decimal(range.lowerBound, 3)) to \(decimal(range.upperBound, 3))"
    }
}
