import Contrastive
import Evaluation
import JSON

/// What an evaluation of rankings found, as text and as JSON.
struct RankingReport {
    /// One way to rank: its name, and how good it is.
    struct Way {
        let name: String
        let evaluation: RankingEvaluation
        let intervals: [ClosedRange<Double>]?
    }

    /// The first is what is evaluated, the others stand beside it.
    let ways: [Way]
    /// Nil where it is not known, as for a run of somebody else.
    let documents: Int?
    /// The queries that the model has learned, by their numbers among those judged; nil where it is not known what it has learned.
    let seen: [Int]?
    /// How many queries were given with answers that no document has, and how many without any judgement.
    let unanswered: Int
    let unjudged: Int
    /// Texts given as answers that no document has.
    let unmatched: [String]
    let confidence: Double

    private var first: RankingEvaluation { ways[0].evaluation }

    private var withoutRelevant: Int { first.withoutRelevant.count + unanswered }

    private var unseen: [Int] {
        let learned = Set(seen ?? [])
        return first.queries.indices.filter { !learned.contains($0) }
    }

    // JSON

    var json: JSONValue {
        var object: JSONObject = [
            "task": "ranking", "queries": .integer(first.queries.count),
            "documents": documents.map { .integer($0) } ?? .null,
            "metrics": Self.object(first.metrics, first.means),
        ]
        if let intervals = ways[0].intervals { object["intervals"] = Self.object(first.metrics, intervals) }
        object["without_relevant"] = .integer(withoutRelevant)
        if unjudged > 0 { object["not_judged"] = .integer(unjudged) }
        if !unmatched.isEmpty { object["unmatched"] = .array(unmatched.map { .string($0) }) }
        object["absent"] = .integer(first.absent)
        if ways.count > 1 {
            let others = ways.dropFirst().map { way in
                var value: JSONObject = ["metrics": Self.object(way.evaluation.metrics, way.evaluation.means)]
                if let intervals = way.intervals {
                    value["intervals"] = Self.object(way.evaluation.metrics, intervals)
                }
                return (key: way.name, value: JSONValue.object(value))
            }
            object["beside"] = .object(JSONObject(others))
        }
        if let seen {
            object["seen"] = part(seen)
            object["unseen"] = part(unseen)
        }
        return .object(object)
    }

    private func part(_ rows: [Int]) -> JSONValue {
        [
            "queries": .integer(rows.count),
            "metrics": rows.isEmpty ? .null : Self.object(first.metrics, first.means(over: rows)),
        ]
    }

    static func object(_ metrics: [RankingMetric], _ values: [Double]) -> JSONValue {
        .object(JSONObject(zip(metrics, values).map { ($0.description, .number($1)) }))
    }

    static func object(_ metrics: [RankingMetric], _ ranges: [ClosedRange<Double>]) -> JSONValue {
        .object(JSONObject(zip(metrics, ranges).map {
            ($0.description, .array([.number($1.lowerBound), .number($1.upperBound)]))
        }))
    }

    // Text

    /// The metrics that stand in the short table, where they were asked for.
    private static let headline = ["MAP", "MRR", "HasPositives@1", "HasPositives@5", "recall@10", "nDCG@10"]

    var text: String {
        var lines = [
            "\(grouped(first.queries.count)) queries"
                + (documents.map { ", \(grouped($0)) documents" } ?? "") + ", \(ways[0].name)"
        ]
        if withoutRelevant > 0 {
            lines.append("\(grouped(withoutRelevant)) more have no relevant document and are left out")
        }
        if unjudged > 0 { lines.append("\(grouped(unjudged)) more have no judgement and are left out") }
        if first.absent > 0 { lines.append("\(grouped(first.absent)) found nothing and count 0") }
        lines += ["", wide, "", short]
        if let seen, !seen.isEmpty {
            lines += ["", "\(grouped(seen.count)) of the queries stood in the model's training data:", "", parts]
        }
        return lines.joined(separator: "\n")
    }

    /// Every metric of the first way: a row for each kind, a column for each cutoff.
    private var wide: String {
        let cutoffs = Array(Set(first.metrics.compactMap(\.cutoff))).sorted()
        var kinds: [RankingMetric.Kind] = []
        for metric in first.metrics where !kinds.contains(metric.kind) { kinds.append(metric.kind) }
        let means = first.means
        func cell(_ kind: RankingMetric.Kind, _ cutoff: Int?) -> String {
            let place = first.metrics.firstIndex { $0.kind == kind && $0.cutoff == cutoff }
            return padded(place.map { decimal(means[$0], 3) } ?? "", to: 8, left: true)
        }
        let hasWhole = first.metrics.contains { $0.cutoff == nil }
        let head = padded("", to: 14) + (hasWhole ? padded("all", to: 8, left: true) : "")
            + cutoffs.map { padded("@\($0)", to: 8, left: true) }.joined()
        return ([head] + kinds.map { kind in
            padded(kind.rawValue, to: 14) + (hasWhole ? cell(kind, nil) : "")
                + cutoffs.map { cell(kind, $0) }.joined()
        }).joined(separator: "\n")
    }

    private var shown: [Int] {
        let chosen = first.metrics.indices.filter { Self.headline.contains(first.metrics[$0].description) }
        return chosen.isEmpty ? Array(first.metrics.indices.prefix(6)) : chosen
    }

    /// All ways side by side, with intervals.
    private var short: String {
        let width = max(14, (ways.map(\.name.count).max() ?? 0) + 2)
        let column = ways[0].intervals == nil ? 16 : 22
        var lines: [String] = []
        if ways[0].intervals != nil {
            lines.append("with intervals that hold the truth in \(decimal(100 * confidence, 0)) of 100 cases:")
        }
        lines.append(
            padded("", to: width)
                + shown.map { padded(first.metrics[$0].description, to: column) }.joined())
        for way in ways {
            let means = way.evaluation.means
            lines.append(
                padded(way.name, to: width)
                    + shown.map { index in
                        var cell = decimal(means[index], 3)
                        if let range = way.intervals?[index] {
                            cell += " (\(decimal(range.lowerBound, 3))–\(decimal(range.upperBound, 3)))"
                        }
                        return padded(cell, to: column)
                    }.joined())
        }
        return lines.map(trimmed).joined(separator: "\n")
    }

    private var parts: String {
        let rows = [("seen in training", seen ?? []), ("not seen", unseen)]
        let head = padded("", to: 26) + shown.map { padded(first.metrics[$0].description, to: 16) }.joined()
        return ([head] + rows.map { name, rows in
            let means = first.means(over: rows)
            return padded("\(name) (\(grouped(rows.count)))", to: 26)
                + shown.map { padded(rows.isEmpty ? "" : decimal(means[$0], 3), to: 16) }.joined()
        }).map(trimmed).joined(separator: "\n")
    }

    private func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }
}
