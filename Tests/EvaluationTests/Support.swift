import Evaluation
import FoundationEssentials
import JSON
import TestSupport
import Testing

/// The values of a fixture, one a line.
func lines(_ name: String) throws -> [JSONValue] {
    try String(contentsOfFile: fixture("evaluation/\(name)"), encoding: .utf8)
        .split(separator: "\n").map { try JSONValue(parsing: String($0)) }
}

extension JSONValue {
    /// The numbers of an array.
    var doubles: [Double] { array?.compactMap(\.double) ?? [] }
}

/// The judgements of `{"query": {"document": relevance}}`.
func qrels(_ value: JSONValue) throws -> Qrels {
    try Qrels(
        (value.object?.members ?? []).flatMap { query, documents in
            (documents.object?.members ?? []).map { (query, $0.key, $0.value.integer ?? 0) }
        })
}

/// The run of `{"query": {"document": score}}`.
func run(_ value: JSONValue) throws -> Run {
    try Run(
        (value.object?.members ?? []).map { query, documents in
            (query, (documents.object?.members ?? []).map { ($0.key, Float($0.value.double ?? 0)) })
        })
}

func metrics(_ names: String...) throws -> [RankingMetric] { try names.map { try RankingMetric(parsing: $0) } }

/// Gives `body` the path of a file with this text.
func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
        try text.write(toFile: folder + "/file", atomically: false, encoding: .utf8)
        return try body(folder + "/file")
    }
}
