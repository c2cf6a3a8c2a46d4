import Evaluation
import Glibc
import JSON
import Records
import TestSupport
import Testing

@Suite struct `Ranking metrics` {
    /// The fixture's runs have ties, some of them in float32 only, graded and missing judgements, and
    /// empty and absent results.
    @Test func `equal trec_eval's on 1,000 runs`() throws {
        let lines = try lines("trec-eval.jsonl")
        let names = try #require(lines[0]["metrics"]?.array).compactMap(\.string)
        let metrics = try names.map { try RankingMetric(parsing: $0) }
        #expect(metrics.map(\.description) == names)
        var judged = 0
        for line in lines.dropFirst() {
            let values = try #require(line["values"]?.object)
            let judgements = try qrels(#require(line["qrels"]))
            let level = try #require(line["level"]?.integer)
            let run = try run(#require(line["run"]))
            guard let found = try? RankingEvaluation(of: run, by: judgements, metrics: metrics, relevantFrom: level)
            else {
                // Nothing is relevant, so trec_eval finds nothing that is right.
                #expect(values.members.allSatisfy { $0.value.doubles.prefix(3) == [0, 0, 0] })
                continue
            }
            for (row, query) in found.queries.enumerated() {
                let own = found.values[row * metrics.count..<(row + 1) * metrics.count]
                // trec_eval leaves out queries that the run lacks; here they count 0.
                let expected = values[query]?.doubles ?? metrics.map { _ in 0 }
                #expect(expected.count == own.count)
                for (metric, pair) in zip(metrics, zip(own, expected)) {
                    #expect(abs(pair.0 - pair.1) < 1e-9, "\(metric) of \(query) in \(line)")
                }
                judged += 1
            }
            #expect(found.absent == found.queries.count { values[$0] == nil })
            for query in found.withoutRelevant {
                #expect(values[query]?.doubles.prefix(3) ?? [0, 0, 0] == [0, 0, 0])
            }
        }
        #expect(lines.count == 1001 && judged > 1000)
    }

    @Test func `equal ranx's where nothing ties`() throws {
        let lines = try lines("ranx.jsonl")
        let metrics = try #require(lines[0]["metrics"]?.array).compactMap(\.string)
            .map { try RankingMetric(parsing: $0) }
        for line in lines.dropFirst() {
            let found = try RankingEvaluation(
                of: run(#require(line["run"])), by: qrels(#require(line["qrels"])), metrics: metrics)
            for (metric, pair) in zip(metrics, zip(found.means, line["means"]?.doubles ?? [])) {
                #expect(abs(pair.0 - pair.1) < 1e-9, "\(metric)")
            }
        }
        #expect(lines.count == 61)
    }

    /// Relevant documents at ranks 2 and 5 of 6, and one that was not found.
    @Test func `are what one finds by hand`() throws {
        let run = try Run([("q", (0..<6).map { ("d\($0)", Float(10 - $0)) })])
        let qrels = try Qrels([("q", "d1", 2), ("q", "d4", 1), ("q", "x", 1), ("q", "d0", 0), ("q", "d2", -1)])
        let metrics = try metrics(
            "MAP", "MAP@2", "MRR", "MRR@1", "P@2", "P@10", "recall@5", "HasPositives@1", "success@2",
            "R-precision", "nDCG@2")
        let found = try RankingEvaluation(of: run, by: qrels, metrics: metrics)
        let expected = [
            (1.0 / 2 + 2.0 / 5) / 3, 1.0 / 6, 1.0 / 2, 0, 1.0 / 2, 2.0 / 10, 2.0 / 3, 0, 1, 1.0 / 3,
            (2 / 1.584962500721156) / (2 + 1 / 1.584962500721156),
        ]
        for (metric, pair) in zip(metrics, zip(found.values, expected)) {
            #expect(abs(pair.0 - pair.1) < 1e-12, "\(metric)")
        }
        let strict = try RankingEvaluation(of: run, by: qrels, metrics: Array(metrics[..<1]), relevantFrom: 2)
        #expect(strict.values == [0.5])
    }

    @Test func `have exponential gains of any size`() throws {
        let metric = try RankingMetric(parsing: "nDCG-exp")
        func value(_ relevances: [Int]) throws -> Double {
            let judgements = try Qrels(relevances.enumerated().map { ("q", "d\($0)", $1) })
            // The less relevant first.
            let run = try Run([("q", relevances.indices.map { ("d\($0)", Float($0)) })])
            return try RankingEvaluation(of: run, by: judgements, metrics: [metric]).values[0]
        }
        #expect(try value([3000]) == 1)
        // Beside the larger gain the smaller is nothing.
        #expect(try abs(value([2000, 1000]) - 1 / log2(3)) < 1e-12)
        #expect(try abs(value([2001, 2000]) - (0.5 + 1 / log2(3)) / (1 + 0.5 / log2(3))) < 1e-12)
    }

    @Test func `of one score for all go by the ids alone`() throws {
        let ids = ["b", "a9", "a10", "a1", "é", "Z", "答", "\u{1F600}"]
        // Bytes: F0… > E7… > C3… > b > a9 > a10 > a1 > Z.
        let order = ["\u{1F600}", "答", "é", "b", "a9", "a10", "a1", "Z"]
        var random = SplitMix64(seed: 1)
        for _ in 0..<20 {
            let shuffled = ids.shuffled(using: &random)
            let run = try Run([("q", shuffled.map { ($0, 0.5) })])
            #expect(run.results(of: "q")?.map(\.document) == order)
            for (place, id) in order.enumerated() {
                let found = try RankingEvaluation(
                    of: run, by: Qrels([("q", id, 1)]), metrics: metrics("MRR"))
                #expect(found.means == [1 / Double(place + 1)])
            }
        }
    }

    @Test func `count absent queries 0 and leave out those without relevant documents`() throws {
        let qrels = try Qrels([("a", "x", 1), ("b", "x", 1), ("c", "x", 0), ("d", "y", 1)])
        let run = try Run([("a", [("x", 1)]), ("c", [("x", 1)]), ("unjudged", [("x", 1)]), ("d", [])])
        let metrics = try metrics("MRR", "P@1")
        let found = try RankingEvaluation(of: run, by: qrels, metrics: metrics)
        #expect(found.queries == ["a", "b", "d"])
        #expect(found.values(ofMetric: 0) == [1, 0, 0])
        #expect(found.means == [1.0 / 3, 1.0 / 3])
        #expect(found.absent == 1)
        #expect(found.withoutRelevant == ["c"])
        let error = #expect(throws: EvaluationError.self) {
            try RankingEvaluation(of: run, by: qrels, metrics: metrics, withoutRelevant: .refuse)
        }
        #expect(error?.reason == "the query \"c\" has no relevant document")
        #expect(throws: EvaluationError("2 queries, \"e\" among them, have no relevant document")) {
            try RankingEvaluation(of: run, by: Qrels([("e", "x", 0), ("f", "x", -1)]), metrics: metrics)
        }
    }

    @Test(arguments: [
        ("map", "MAP"), ("Map@10", "MAP@10"), ("recip_rank", "MRR"), ("precision@3", "P@3"),
        ("success@5", "HasPositives@5"), ("hit_rate@1", "HasPositives@1"), ("Rprec", "R-precision"),
        ("ndcg_cut@10", "nDCG@10"), ("NDCG", "nDCG"), ("ndcg_burges@7", "nDCG-exp@7"), ("R@5", "recall@5"),
    ])
    func `go by several names`(name: String, canonical: String) throws {
        #expect(try RankingMetric(parsing: name).description == canonical)
    }

    @Test(arguments: [
        ("nDGC@10", "there is no metric \"nDGC@10\"; the nearest is nDCG@10"),
        ("recal@5", "there is no metric \"recal@5\"; the nearest is recall@5"),
        ("HasPositive@1", "there is no metric \"HasPositive@1\"; the nearest is HasPositives@1"),
        ("", "there is no metric \"\"; the nearest is P"),
        ("P@0", "P@0: a cutoff of 0, expected 1 or more"),
        ("MAP@-3", "MAP@-3: a cutoff of -3, expected 1 or more"),
        ("MAP@ten", "MAP@ten: the cutoff is \"ten\", expected a whole number of 1 or more"),
        ("MAP@", "MAP@: the cutoff is \"\", expected a whole number of 1 or more"),
        ("recall", "recall needs a cutoff, such as recall@10"),
        ("Rprec@5", "Rprec@5: R-precision takes no cutoff"),
    ])
    func `of names and cutoffs that make no sense are refused`(name: String, reason: String) {
        #expect(throws: EvaluationError(reason)) { try RankingMetric(parsing: name) }
    }

    @Test func `come in a standard set`() throws {
        let names = try RankingMetric.standard(cutoffs: [1, 10]).map(\.description)
        #expect(names == [
            "MAP", "MRR", "R-precision", "nDCG", "nDCG-exp", "MAP@1", "MRR@1", "P@1", "recall@1",
            "HasPositives@1", "nDCG@1", "nDCG-exp@1", "MAP@10", "MRR@10", "P@10", "recall@10",
            "HasPositives@10", "nDCG@10", "nDCG-exp@10",
        ])
        #expect(throws: EvaluationError("a cutoff of 0, expected 1 or more")) {
            try RankingMetric.standard(cutoffs: [5, 0])
        }
    }
}
