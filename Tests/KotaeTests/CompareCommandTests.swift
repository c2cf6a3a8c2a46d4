import JSON
import Testing
import TestSupport

@Suite struct CompareCommandTests {
    /// Twelve queries; the second run has every answer first, the first run a third of them.
    private func writeRuns(_ place: Workplace) throws {
        var runs = ["", ""]
        for query in 0..<12 {
            let isFirst = query.isMultiple(of: 3)
            runs[0] += "q\(query) Q0 \(isFirst ? "right" : "wrong") 1 0.9 t\nq\(query) Q0 \(isFirst ? "wrong" : "right") 2 0.8 t\n"
            runs[1] += "q\(query) Q0 right 1 0.9 t\n"
        }
        try place.write("a.run", runs[0])
        try place.write("b.run", runs[1])
        try place.write("qrels", (0..<12).map { "q\($0) 0 right 1\n" }.joined())
        try place.write("queries.jsonl", (0..<12).map { "{\"id\":\"q\($0)\",\"text\":\"question \($0)\"}\n" }.joined())
    }

    @Test func `runs are compared query by query`() throws {
        try withWorkplace { place in
            try writeRuns(place)
            let found = try #require(
                place.succeed("compare", "a.run", "b.run", "--queries", "queries.jsonl", "--qrels", "qrels", "--json").json.first)
            #expect(found["metric"] == "MRR" && found["queries"] == 12)
            let values = try #require(found["candidates"]?.array).compactMap { $0["value"]?.double }
            #expect(values == [8.0 / 12, 1.0])
            let pair = try #require(found["comparisons"]?.array?.first)
            #expect(pair["better"] == "b.run" && pair["worse"] == "a.run")
            #expect(pair["won"] == 8 && pair["lost"] == 0)
            // Eight differences of one size: both extremes of 2^8 assignments.
            #expect(pair["p"]?.double == 0.0078125 && pair["p_holm"]?.double == 0.0078125)
            let range = try numbers(#require(pair["interval"]))
            #expect(range[0] > 0 && range[1] < 0.5)
            let won = try #require(found["examples"]?["won"]?.array)
            #expect(won.count == 5 && found["examples"]?["lost"] == [])
            #expect(won[0]["text"] == "question 1" && won[0]["found"] == "right" && won[0]["found_against"] == "wrong")
            let text = try place.succeed("compare", "a.run", "b.run", "--queries", "queries.jsonl", "--qrels", "qrels").text
            #expect(text.contains("b.run") && text.contains("question 1") && text.contains("8 : 0"))
        }
    }

    @Test func `a chance that four digits cannot show is told as a bound`() throws {
        try withWorkplace { place in
            func lines(_ line: (Int) -> String) -> String { (0..<20).map(line).joined() }
            try place.write("a.run", lines { "q\($0) Q0 wrong 1 0.9 t\n" })
            try place.write("b.run", lines { "q\($0) Q0 right 1 0.9 t\n" })
            try place.write("qrels", lines { "q\($0) 0 right 1\n" })
            let text = try place.succeed("compare", "a.run", "b.run", "--qrels", "qrels").text
            #expect(text.contains("p < 0.0001  20 : 0"))
        }
    }

    @Test func `search by words and its fusion are always among the candidates`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let queries = ["password", "order", "why", "who", "cancel", "change", "where", "cancel order", "my order", "not", "in it"]
            try place.write(
                "pairs.csv", "query,docid\n" + queries.map { "\($0),\(["password", "order", "why", "twin"][$0.utf8.count % 4])\n" }.joined())
            let found = try #require(place.succeed("compare", "faq", "--pairs", "pairs.csv", "--json").json.first)
            #expect(try #require(found["candidates"]?.array).map { $0["name"] } == ["faq", "faq + BM25", "BM25"])
            #expect(found["comparisons"]?.array?.count == 3)
            let evaluated = try #require(
                place.succeed("evaluate", "faq", "--pairs", "pairs.csv", "--json", "--metric", "MRR").json.first)
            let expected = [
                evaluated["metrics"], evaluated["beside"]?["by both (hybrid)"]?["metrics"],
                evaluated["beside"]?["by words (BM25)"]?["metrics"],
            ].map { $0?["MRR"]?.double }
            #expect(found["candidates"]?.array?.map { $0["value"]?.double } == expected)
            let models = try #require(
                place.succeed(
                    "compare", "all-MiniLM-L6-v2", "prompts", "--pairs", "pairs.csv", "--corpus", "corpus.jsonl", "--json"
                ).json.first)
            #expect(
                try #require(models["candidates"]?.array).map { $0["name"] } == [
                    "all-MiniLM-L6-v2", "prompts", "all-MiniLM-L6-v2 + BM25", "prompts + BM25", "BM25",
                ])
        }
    }

    @Test func `each index is judged by its own documents, on the queries that all can be judged on`() throws {
        try withWorkplace { place in
            let texts = [
                "why not", "who is it", "cancel my order", "where is my password", "how do i pay", "what is that",
                "the order of it", "my card is not in it", "when can i", "and where", "to the who", "not my order",
            ]
            // Without ids, a record's number names it: the same texts in another order, and one fewer.
            try place.write("old.csv", "question\n" + texts.map { $0 + "\n" }.joined())
            let kept = texts.filter { $0 != "what is that" }
            try place.write("new.csv", "question\n" + kept.reversed().map { $0 + "\n" }.joined())
            for name in ["old", "new"] {
                _ = try place.succeed("index", "build", name, "--corpus", "\(name).csv")
            }
            try place.write("pairs.csv", "query,positive\n" + texts.map { "\($0) please,\($0)\n" }.joined())
            let outcome = try place.succeed("compare", "old", "new", "--pairs", "pairs.csv", "--json")
            let found = try #require(outcome.json.first)
            #expect(found["queries"] == 11)
            let values = try #require(found["candidates"]?.array).map { $0["value"]?.double ?? 0 }
            try place.write("pairs.csv", "query,positive\n" + kept.map { "\($0) please,\($0)\n" }.joined())
            let alone = try ["old", "new"].map { name in
                try place.succeed("evaluate", name, "--pairs", "pairs.csv", "--json", "--metric", "MRR").json[0]["metrics"]?["MRR"]?.double
            }
            #expect(Array(values.prefix(2)) == alone)
            #expect(outcome.error.contains("new: 1 texts given as answers are those of no document"))
            #expect(outcome.error.contains("1 queries have no relevant document in some candidate and are left out"))
        }
    }

    @Test func `models are compared on labelled pairs by average precision, on graded ones by correlation`() throws {
        try withWorkplace { place in
            let texts = ["why not", "who is it", "cancel my order", "where is my password", "how do i", "what is that", "when can i", "to the who", "not my order", "and where", "in it"]
            func rows(_ score: (Int, Int) -> String) -> String {
                (0..<66).map { row in
                    let (a, b) = (row % 11, row / 11)
                    return "\(texts[a]) please,\(texts[(a + b) % 11]),\(score(a, b))\n"
                }.joined()
            }
            try place.write("labels.csv", "sentence1,sentence2,label\n" + rows { $1 < 2 ? "1" : "0" })
            try place.write("scores.csv", "sentence1,sentence2,score\n" + rows { "\(Double(5 - $1) - Double($0) / 10)" })
            for (file, task, metrics) in [
                ("labels.csv", "classification", ["AP", "AUC"]), ("scores.csv", "regression", ["Spearman", "Pearson"]),
            ] {
                for (number, metric) in metrics.enumerated() {
                    let found = try #require(
                        place.run(
                            ["compare", "all-MiniLM-L6-v2", "prompts", "all-MiniLM-L6-v2", "--pairs", file, "--json"]
                                + (number == 0 ? [] : ["--metric", metric])
                        ).json.first)
                    #expect(found["task"]?.string == task && found["metric"]?.string == metric && found["pairs"] == 66)
                    let candidates = try #require(found["candidates"]?.array)
                    for (candidate, model) in zip(candidates, ["all-MiniLM-L6-v2", "prompts"]) {
                        let alone = try #require(
                            place.succeed("evaluate", "--model", model, "--pairs", file, "--json").json.first)
                        #expect(candidate["value"] == alone["metrics"]?[metric])
                        let range = try numbers(#require(candidate["interval"]))
                        let other = try numbers(#require(alone["intervals"]?[metric]))
                        // Of more draws.
                        #expect(zip(range, other).allSatisfy { abs($0 - $1) < 0.1 })
                    }
                    let pairs = try #require(found["comparisons"]?.array)
                    #expect(pairs.count == 3)
                    // The same model twice.
                    #expect(["difference", "p", "p_holm"].map { pairs[1][$0]?.double } == [0, 1, 1])
                    let values = try candidates.map { try #require($0["value"]?.double) }
                    #expect(pairs[0]["difference"]?.double == abs(values[0] - values[1]))
                    let range = try numbers(#require(pairs[0]["interval"]))
                    let p = try #require(pairs[0]["p"]?.double)
                    #expect((p < 0.05) == !(range[0]...range[1]).contains(0))
                }
            }
            let text = try place.succeed("compare", "all-MiniLM-L6-v2", "prompts", "--pairs", "labels.csv").text
            #expect(text.contains("AP on 66 pairs, classification") && text.contains("over"))
            try place.refuse(
                ["compare", "all-MiniLM-L6-v2", "prompts", "--pairs", "labels.csv", "--metric", "MRR"], status: 64,
                saying: ["--metric is MRR", "AP or AUC", "classification"])
            try place.refuse(["compare", "prompts", "--pairs", "labels.csv"], status: 64, saying: ["give another"])
            try place.write("one.csv", "sentence1,sentence2,label\n" + rows { _, _ in "0" })
            try place.refuse(
                ["compare", "all-MiniLM-L6-v2", "prompts", "--pairs", "one.csv"],
                saying: ["one.csv: all 66 labels are 0"])
            try place.refuse(["compare", "prompts", "one.csv", "--pairs", "labels.csv"], status: 64, saying: ["one.csv is a run"])
            try place.refuse(
                ["compare", "a", "b", "--qrels", "q", "--queries", "q", "--task", "regression"], status: 64,
                saying: ["a regression needs --pairs"])
        }
    }

    @Test func `graded pairs may name an index's documents`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let ids = ["password", "order", "why", "twin"]
            try place.write(
                "graded.csv", "query,docid,score\n" + (0..<24).map { "\($0 % 12) \(ids[$0 % 4]),\(ids[$0 / 6]),\(Double($0 % 5) / 2)\n" }.joined())
            let found = try #require(place.succeed("compare", "faq", "faq", "--pairs", "graded.csv", "--json").json.first)
            let alone = try #require(place.succeed("evaluate", "faq", "--pairs", "graded.csv", "--json").json.first)
            #expect(found["task"] == "regression")
            #expect(found["candidates"]?.array?.first?["value"] == alone["metrics"]?["Spearman"])
        }
    }

    @Test func `queries without relevant documents are counted, or refused`() throws {
        try withWorkplace { place in
            try writeRuns(place)
            try place.write("more", String(decoding: place.read("qrels"), as: UTF8.self) + "q99 0 right 0\n")
            let arguments = ["compare", "a.run", "b.run", "--qrels", "more"]
            #expect(try place.run(arguments + ["--json"]).json.first?["without_relevant"] == 1)
            #expect(try place.run(arguments).text.contains("left out: 1 without a relevant document"))
            try place.refuse(arguments + ["--strict"], saying: ["the query \"q99\" has no relevant document"])
            try place.refuse(
                arguments + ["--queries", "queries.jsonl"], saying: ["more:13: there is no query with the id \"q99\""])
        }
    }

    @Test func `what cannot be compared is refused`() throws {
        try withWorkplace { place in
            try writeRuns(place)
            try place.write("bad.run", "q0 Q0 right 1 nan t\n")
            try place.refuse(["compare", "a.run", "bad.run", "--qrels", "qrels"], saying: ["bad.run:1: the score is \"nan\""])
            try place.refuse(["compare", "a.run", "--qrels", "qrels"], status: 64, saying: ["give another candidate"])
            try place.refuse(
                ["compare", "a.run", "b.run", "--qrels", "qrels", "--metric", "MRP"], status: 64,
                saying: ["there is no metric \"MRP\""])
            try place.write("corpus.jsonl", smallCorpus)
            try place.refuse(
                ["compare", "a.run", "b.run", "--qrels", "qrels", "--queries", "queries.jsonl", "--corpus", "corpus.jsonl"],
                status: 64, saying: ["runs are compared without a --corpus"])
            try place.write("few", "q0 0 right 1\n")
            try place.refuse(
                ["compare", "a.run", "b.run", "--qrels", "few"], saying: ["an interval needs at least 10 queries, not 1"])
            try place.refuse(["compare", "a.run", "nowhere", "--qrels", "qrels"], saying: ["nowhere"])
            try place.refuse(
                ["compare", "a.run", "prompts", "--qrels", "qrels", "--queries", "queries.jsonl"], status: 64,
                saying: ["--qrels names documents of a --corpus, which is missing"])
        }
    }
}
