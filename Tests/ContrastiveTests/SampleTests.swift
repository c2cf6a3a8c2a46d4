import Contrastive
import FoundationEssentials
import JSON
import SemanticSearch
import TestSupport
import Testing

/// What the sample FAQ promises of its questions, so that its held-out ones measure something.
@Suite struct `The sample FAQ` {
    private static func lines(_ name: String) throws -> [JSONValue] {
        let path = fixture("../../indexes/support-faq/\(name)")
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    private static func questions(_ name: String) throws -> [(text: [UInt8], id: String, isRight: Bool)] {
        try lines(name).map { line in
            let text = try #require(line["query"]?.string)
            return (Array(text.lowercased().utf8), try #require(line["docid"]?.string), line["label"]?.double != 0)
        }
    }

    @Test func `has pairs enough, labelled negatives among them, and a fifth of the entries without any`() throws {
        let training = try Self.questions("train.jsonl")
        #expect(training.count { $0.isRight } >= 1200 && training.contains { !$0.isRight })
        #expect(try Self.questions("test.jsonl").count >= 300)
        let ids = Set(try Self.lines("corpus.jsonl").compactMap { $0["id"]?.string })
        let learned = Set(training.filter(\.isRight).map(\.id))
        #expect(learned.isSubset(of: ids) && Double(ids.count - learned.count) >= 0.195 * Double(ids.count))
        #expect(Set(try Self.questions("test.jsonl").map(\.id)).isSubset(of: ids))
    }

    @Test func `holds out no question that is nearly one to learn from`() throws {
        let known = try Self.questions("train.jsonl") + Self.questions("dev.jsonl")
        for question in try Self.questions("test.jsonl") {
            for other in known {
                #expect(
                    !isWithin(3, question.text, other.text),
                    "\(String(decoding: question.text, as: UTF8.self)) is nearly \(String(decoding: other.text, as: UTF8.self))")
            }
        }
    }

    /// Whether Levenshtein's distance of two texts is at most `limit`, by the cells within that distance of
    /// the diagonal.
    private func isWithin(_ limit: Int, _ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard abs(a.count - b.count) <= limit else { return false }
        var row = Array(0...b.count)
        for i in 1...max(a.count, 1) where !a.isEmpty {
            var next = [Int](repeating: limit + 1, count: b.count + 1)
            if i <= limit { next[0] = i }
            for j in max(1, i - limit)..<(min(b.count, i + limit) + 1) {
                next[j] = min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            }
            if next.allSatisfy({ $0 > limit }) { return false }
            row = next
        }
        return row[b.count] <= limit
    }
}
