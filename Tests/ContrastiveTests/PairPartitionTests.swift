import Contrastive
import EmbeddingStore
import FoundationEssentials
import JSON
import Records
import SemanticSearch
import TestSupport
import Testing

@Suite struct `Pairs in three parts` {
    private let documents = (0..<40).map { Document(id: "d\($0)", question: "question \($0)") }

    private func reader(_ lines: [String]) throws -> PairReader {
        try withTemporaryFolder { folder in
            let path = folder + "/pairs.jsonl"
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: path))
            var reader = PairReader(fields: PairFields(), positiveFrom: 0.5, corpus: nil)
            try reader.read(path)
            return reader
        }
    }

    private func partition(
        _ lines: [String], development: [String]? = nil, heldOut: [String]? = nil
    ) throws -> PairPartition {
        try PairPartition(
            reader(lines), development: development.map(reader), heldOut: heldOut.map(reader),
            among: documents, seed: 1)
    }

    /// Three questions for each document.
    private let lines = (0..<120).map { #"{"query": "q\#($0)", "positive_id": "d\#($0 / 3)"}"# }

    private func queries(_ pairs: [RawPair]) throws -> [String] {
        pairs.map(\.json).compactMap { $0["query"]?.string }
    }

    @Test func `have every pair once, and no query in two of them`() throws {
        let parts = try partition(lines)
        let all = try [parts.training, parts.development, parts.heldOut].map(queries)
        #expect(Set(all.joined()).count == 120 && all.joined().count == 120)
        #expect(all[1].count >= 15 && all[2].count >= 20)
        #expect(Set(parts.seen + parts.unseen) == Set(all[2]))
        #expect(!parts.seen.isEmpty && !parts.unseen.isEmpty)
    }

    @Test func `leave out what says nothing, and count it`() throws {
        let parts = try partition(
            lines + [
                lines[0], #"{"query": "  ", "positive_id": "d1"}"#, #"{"query": "x", "positive": "no entry's text"}"#,
            ])
        #expect(parts.leftOut.duplicates == 1 && parts.leftOut.empty == 1 && parts.leftOut.unmatched == 1)
    }

    @Test func `find entries by their text`() throws {
        let parts = try partition(lines + [#"{"query": "x", "positive": "question 3"}"#])
        let all = try [parts.training, parts.development, parts.heldOut].flatMap(queries)
        #expect(all.contains("x"))
    }

    @Test func `learn from labelled negatives whose question is not held out`() throws {
        let negatives = (0..<120).map { #"{"query": "q\#($0)", "positive_id": "d39", "label": 0}"# }
        let parts = try partition(Array(lines[..<117]) + negatives)
        let training = try Set(queries(parts.training))
        #expect(parts.negatives == training.count)
        #expect(try queries(parts.heldOut).allSatisfy { !training.contains($0) })
    }

    @Test func `keep what a score means when the others have gone`() throws {
        let scored = (0..<100).map { #"{"query": "q\#($0)", "positive_id": "d\#($0 / 3)", "score": \#($0 % 2 == 0 ? 5 : 4)}"# }
        let low = #"{"query": "q0", "positive_id": "d39", "score": 0}"#
        let parts = try partition(scored + [low])
        for pair in parts.heldOut + parts.development { #expect(pair.json["label"]?.integer == 1) }
    }

    @Test func `may be given`() throws {
        let parts = try partition(
            Array(lines[..<60]), development: Array(lines[60..<70]), heldOut: Array(lines[58 + 12..<120]))
        #expect(parts.training.count == 60 && parts.development.count == 10 && parts.heldOut.count == 50)
        #expect(throws: TrainingError.self) { try partition(lines, heldOut: [lines[7]]) }
    }

    @Test func `refuse an id that no document has`() throws {
        #expect {
            try partition(lines + [#"{"query": "x", "positive_id": "d400"}"#])
        } throws: { error in "\(error)".contains("pairs.jsonl:121") && "\(error)".contains("d400") }
    }
}
