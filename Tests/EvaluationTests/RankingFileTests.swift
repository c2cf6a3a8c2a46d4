import Evaluation
import Records
import TestSupport
import Testing

@Suite struct `Files of runs and judgements` {
    @Test func `are read whatever their order and white space`() throws {
        let text = "q2 Q0 b 9 0.25 tag\n\nq1\tQ0\ta\t1\t1e2\ttag\r\n q2  Q0 a 1 0.5 tag\nq1 Q0 c 7 -3 tag"
        try withFile(text) { path in
            let run = try Run(contentsOf: path)
            #expect(run.queries == ["q2", "q1"] && run.count == 4)
            #expect(run.results(of: "q2")?.map(\.document) == ["a", "b"])
            #expect(run.results(of: "q1")?.map(\.score) == [100, -3])
            #expect(run.results(of: "q3") == nil)
        }
    }

    @Test func `give back a run and judgements that were written`() throws {
        var random = SplitMix64(seed: 2)
        let run = try Run(
            (0..<30).map { query in
                ("q\(query)", (0..<(query % 7)).map { ("d\($0)", Float.random(in: -1...1, using: &random)) })
            })
        let qrels = try Qrels((0..<90).map { ("q\($0 % 31)", "d\($0 / 31)", Int.random(in: -1...3, using: &random)) })
        try withTemporaryFolder { folder in
            try run.write(to: folder + "/run")
            try qrels.write(to: folder + "/qrels")
            let readRun = try Run(contentsOf: folder + "/run")
            for query in run.queries {
                let expected = run.results(of: query) ?? []
                let found = readRun.results(of: query) ?? []
                #expect(found.map(\.document) == expected.map(\.document))
                #expect(found.map(\.score) == expected.map(\.score))
            }
            let readQrels = try Qrels(contentsOf: folder + "/qrels")
            #expect(readQrels.queries == qrels.queries && readQrels.count == 90)
            for query in qrels.queries {
                #expect(readQrels.judgements(of: query).elementsEqual(qrels.judgements(of: query), by: ==))
            }
        }
    }

    @Test(arguments: [
        ("q1 0 a 1\nq1 0 b 0\n", "TREC"), ("query-id\tcorpus-id\tscore\nq1\ta\t1\nq1\tb\t0\n", "BEIR"),
        ("q1\ta\t1\n\nq1 b 0", "no header"), ("q1 0 a 1\nq1 0 b 0\nq1 0 a 1\n", "a judgement twice"),
    ])
    func `hold judgements as TREC or BEIR write them`(text: String, kind: String) throws {
        try withFile(text) { path in
            let qrels = try Qrels(contentsOf: path)
            #expect(qrels.queries == ["q1"], "\(kind)")
            #expect(qrels.judgements(of: "q1").elementsEqual([("a", 1), ("b", 0)], by: ==))
            #expect(qrels.judgedDocuments == ["a", "b"])
        }
    }

    @Test(arguments: [
        ("q Q0 a 1 0.5 t\nq Q0 b 2 high t\n", 2, "the score is \"high\", expected a number"),
        ("q Q0 a 1 nan t\n", 1, "the score is \"nan\", expected a number"),
        ("q Q0 a 1 0.5\n", 1, "5 columns, expected 6: query, Q0, document, rank, score and the run's name"),
        ("q Q0 a 1 0.5 t\n\nr Q0 a 1 0.5 t\nq Q0 a 2 0.4 t\n", 4, "the document \"a\" stands there twice for the query \"q\""),
        ("", nil, "there are no results in this file"),
    ] as [(String, Int?, String)])
    func `of runs that make no sense are refused with the line`(text: String, line: Int?, reason: String) throws {
        _ = try withFile(text) { path in
            #expect(throws: RecordError(path: path, line: line, reason: reason)) { try Run(contentsOf: path) }
        }
    }

    @Test(arguments: [
        ("q 0 a 1\nq 0 b\nq 0\n", 2, "the relevance is \"b\", expected a whole number"),
        ("q 0 a 1.5\n", 1, "the relevance is \"1.5\", expected a whole number"),
        ("q 0 a 1 x\n", 1, "5 columns, expected 4 (query, 0, document, relevance) or 3 (query, document, score)"),
        ("q 0 a 1\nq 0 b 1\nq 0 a 0\n", 3, "the document \"a\" has the relevance 0 for the query \"q\", and 1 before"),
        ("query-id\tcorpus-id\tscore\n", nil, "there are no judgements in this file"),
    ] as [(String, Int?, String)])
    func `of judgements that make no sense are refused with the line`(text: String, line: Int?, reason: String) throws {
        _ = try withFile(text) { path in
            #expect(throws: RecordError(path: path, line: line, reason: reason)) { try Qrels(contentsOf: path) }
        }
    }

    @Test func `are refused ids that they cannot hold`() throws {
        try withTemporaryFolder { folder in
            for id in ["a b", ""] {
                let reason = "the id \"\(id)\" has white space or is empty, which TREC's formats cannot hold"
                #expect(throws: EvaluationError(reason)) { try Run([(id, [("x", 1)])]).write(to: folder + "/run") }
                #expect(throws: EvaluationError(reason)) { try Qrels([("q", id, 1)]).write(to: folder + "/qrels") }
            }
        }
    }

    @Test func `are not needed for what is refused`() {
        #expect(throws: EvaluationError("the score of \"a\" for the query \"q\" is not a number")) {
            try Run([("q", [("a", .nan)])])
        }
        #expect(throws: EvaluationError("the document \"a\" stands there twice for the query \"q\"")) {
            try Run([("q", [("a", 1), ("b", 1), ("a", 2)])])
        }
        #expect(throws: EvaluationError("the query \"q\" stands there twice")) {
            try Run([("q", []), ("q", [])])
        }
    }
}
