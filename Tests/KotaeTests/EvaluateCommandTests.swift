import JSON
import Testing
import TestSupport

@Suite struct EvaluateCommandTests {
    private static let pairs = """
        {"query":"how can i change it","positive_id":"password"}
        {"query":"cancel it","positive_id":"order"}
        {"query":"cancel it","positive_id":"twin"}
        {"query":"who is it","positive":"who is in it"}
        {"query":"is it there","positive":"There."}
        {"query":"why is that so","positive_id":"why"}

        """

    /// The rankings that `search` gives, from which the tests compute metrics by hand.
    private func rankings(_ place: Workplace, _ queries: [String], _ options: [String] = []) throws -> [[String]] {
        try queries.map { query in
            let found = try place.run(["search", "faq", "--json", query] + options)
            return try #require(found.json.first?["hits"]?.array).compactMap { $0["id"]?.string }
        }
    }

    @Test func `an index is judged by what its searches find`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("pairs.jsonl", Self.pairs)
            let found = try #require(
                place.succeed(
                    "evaluate", "faq", "--pairs", "pairs.jsonl", "--json", "--no-intervals", "--k", "1,3",
                    "--per-query", "queries.jsonl"
                ).json.first)
            #expect(found["task"] == "ranking" && found["queries"] == 5 && found["documents"] == 5)
            let queries = ["how can i change it", "cancel it", "who is it", "is it there", "why is that so"]
            let relevant: [Set<String>] = [["password"], ["order", "twin"], ["twin"], ["order"], ["why"]]
            for (way, options) in [(nil, []), ("by words (BM25)", ["--lexical"]), ("by both (hybrid)", ["--hybrid"])] {
                let rankings = try rankings(place, queries, options)
                let metrics = way.map { found["beside"]?[$0]?["metrics"] } ?? found["metrics"]
                let reciprocal = zip(rankings, relevant).map { ranking, relevant in
                    ranking.firstIndex { relevant.contains($0) }.map { 1 / Double($0 + 1) } ?? 0
                }
                let mrr = try #require(metrics?["MRR"]?.double)
                #expect(abs(mrr - reciprocal.reduce(0, +) / 5) < 1e-12)
                let first = zip(rankings, relevant).count { $1.contains($0.first ?? "") }
                #expect(metrics?["P@1"]?.double == Double(first) / 5)
                let recall = zip(rankings, relevant).map { Double($1.intersection($0.prefix(3)).count) / Double($1.count) }
                #expect(abs(try #require(metrics?["recall@3"]?.double) - recall.reduce(0, +) / 5) < 1e-12)
            }
            let lines = try String(decoding: place.read("queries.jsonl"), as: UTF8.self).split(separator: "\n")
                .map { try JSONValue(parsing: String($0)) }
            #expect(lines.map { $0["text"] } == queries.map { .string($0) })
            #expect(lines[1]["relevant"] == ["order", "twin"])
            #expect(try lines.map { try #require($0["found"]?.array?.first?.string) } == rankings(place, queries).map { $0[0] })
        }
    }

    @Test(arguments: [("meaning+words", "by both (hybrid)"), ("words", "by words (BM25)")])
    func `an index that ranks otherwise is judged as it ranks`(ranking: String, name: String) throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("pairs.jsonl", Self.pairs)
            let plain = try #require(
                place.succeed("evaluate", "faq", "--pairs", "pairs.jsonl", "--json", "--no-intervals").json.first)
            _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl", "--rank-by", ranking)
            let found = try #require(
                place.succeed("evaluate", "faq", "--pairs", "pairs.jsonl", "--json", "--no-intervals").json.first)
            #expect(found["metrics"] == plain["beside"]?[name]?["metrics"])
            #expect(found["beside"]?["exact search"]?["metrics"] == plain["metrics"])
        }
    }

    @Test func `an index that is not exact stands beside exact search`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("pairs.jsonl", Self.pairs)
            let flat = try #require(
                place.succeed("evaluate", "faq", "--pairs", "pairs.jsonl", "--json", "--no-intervals").json.first)
            #expect(flat["beside"]?.object?.keys == ["by words (BM25)", "by both (hybrid)"])
            _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl", "--factory", "HNSW8")
            let coded = try #require(
                place.succeed("evaluate", "faq", "--pairs", "pairs.jsonl", "--json", "--no-intervals").json.first)
            #expect(coded["beside"]?.object?.keys == ["exact search", "by words (BM25)", "by both (hybrid)"])
            #expect(coded["beside"]?["exact search"]?["metrics"] == flat["metrics"])
        }
    }

    @Test func `a model is judged over a corpus, and over the pairs' own passages`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("pairs.jsonl", Self.pairs)
            let index = try place.succeed("evaluate", "faq", "--pairs", "pairs.jsonl", "--json", "--no-intervals")
            let model = try place.succeed(
                "evaluate", "--pairs", "pairs.jsonl", "--corpus", "corpus.jsonl", "--json", "--no-intervals")
            #expect(try model.json == index.json)
            try place.write("own.csv", "query,positive\nwhere is it,where is my password\nwhy,why not\nwhy,who is in it\n")
            let own = try #require(
                place.succeed("evaluate", "--pairs", "own.csv", "--json", "--no-intervals").json.first)
            #expect(own["queries"] == 2 && own["documents"] == 3)
        }
    }

    @Test func `what was written is judged the same again`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("pairs.jsonl", Self.pairs)
            let index = try #require(
                place.succeed(
                    "evaluate", "faq", "--pairs", "pairs.jsonl", "--json", "--no-intervals", "--run-out", "a.run",
                    "--qrels-out", "a.qrels"
                ).json.first)
            let run = try #require(
                place.succeed("evaluate", "--run", "a.run", "--qrels", "a.qrels", "--json", "--no-intervals").json.first)
            #expect(run["metrics"] == index["metrics"] && run["documents"] == .null)
            let text = try place.succeed("evaluate", "--run", "a.run", "--qrels", "a.qrels", "--no-intervals").text
            #expect(text.contains("5 queries") && text.contains("nDCG-exp") && text.contains("@100"))
        }
    }

    @Test func `intervals enclose the mean, and need ten queries`() throws {
        try withWorkplace { place in
            let run = (0..<12).map { "q\($0) Q0 d\($0 % 3) 1 0.5 t\n" }.joined()
            try place.write("a.run", run)
            try place.write("a.qrels", (0..<12).map { "q\($0) 0 d0 1\n" }.joined())
            let found = try #require(
                place.succeed("evaluate", "--run", "a.run", "--qrels", "a.qrels", "--metric", "MRR", "--json").json.first)
            #expect(found["metrics"] == ["MRR": .number(1.0 / 3)])
            let range = try numbers(#require(found["intervals"]?["MRR"]))
            #expect(range.count == 2 && range[0] < 0.3 && range[1] > 0.4 && range[0] >= 0 && range[1] <= 1)
            try place.write("few.qrels", "q0 0 d0 1\n")
            try place.refuse(
                ["evaluate", "--run", "a.run", "--qrels", "few.qrels"],
                saying: ["an interval needs at least 10 queries, not 1; give more, or --no-intervals"])
        }
    }

    @Test func `a BEIR folder is judged, its titles being text`() throws {
        try withWorkplace { place in
            try place.write(
                "corpus.jsonl", #"{"_id":"a","title":"Order","text":"cancel my order"}"# + "\n"
                    + #"{"_id":"b","title":"","text":"why not"}"# + "\n")
            try place.write(
                "queries.jsonl", #"{"_id":"1","text":"Order cancel my order"}"# + "\n"
                    + #"{"_id":"2","text":"why not"}"# + "\n" + #"{"_id":"3","text":"of another split"}"# + "\n")
            _ = try place.succeed("embed", "x")
            try place.write("test.tsv", "query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t2\n")
            try place.makeFolder("qrels")
            try place.write("qrels/test.tsv", try place.read("test.tsv"))
            let found = try #require(place.succeed("evaluate", "--beir", ".", "--json", "--no-intervals").json.first)
            #expect(found["queries"] == 2 && found["metrics"]?["MRR"] == .number(1))
        }
    }

    @Test func `labels ask for a classification, graded scores for a regression`() throws {
        try withWorkplace { place in
            let texts = [
                "why not", "who is it", "cancel my order", "where is my password", "how do i", "what is that",
                "the order of it", "my password is not in it", "when can i", "and where", "to the who", "not my order",
            ]
            try place.write(
                "labels.csv", "sentence1,sentence2,label\n"
                    + texts.map { "\($0),\($0),1\n" }.joined() + texts.dropLast().enumerated().map { "\($1),\(texts[$0 + 1]),0\n" }.joined())
            let found = try #require(place.succeed("evaluate", "--pairs", "labels.csv", "--json").json.first)
            #expect(found["task"] == "classification" && found["pairs"] == 23)
            // Equal texts have a cosine of 1, different ones less.
            for name in ["accuracy", "precision", "recall", "F1", "AP", "AUC"] {
                #expect(found["metrics"]?[name] == .number(1))
            }
            let threshold = try #require(found["threshold"]?.double)
            #expect(threshold > 0 && threshold < 1 && found["threshold_from"] == "the same pairs")
            let dev = try #require(
                place.succeed("evaluate", "--pairs", "labels.csv", "--dev", "labels.csv", "--json", "--no-intervals").json.first)
            #expect(dev["threshold"] == found["threshold"] && dev["threshold_from"] == "labels.csv")

            let scores = try place.succeed("similarity", "--pairs", "labels.csv").lines.compactMap(Double.init)
            // Equal texts would be of ranks that rounding decides.
            let rows = zip(try place.read("labels.csv").split(separator: 0x0A).dropFirst(), scores)
                .filter { $0.1 < 0.9999 }
            try place.write(
                "graded.csv", "sentence1,sentence2,score\n"
                    + rows.map { row, score in
                        String(decoding: row, as: UTF8.self).split(separator: ",").dropLast().joined(separator: ",") + ",\(5 * score)\n"
                    }.joined())
            let graded = try #require(place.succeed("evaluate", "--pairs", "graded.csv", "--json").json.first)
            #expect(graded["task"] == "regression")
            #expect(abs(try #require(graded["metrics"]?["Pearson"]?.double) - 1) < 1e-6)
            #expect(abs(try #require(graded["metrics"]?["Spearman"]?.double) - 1) < 1e-6)
        }
    }

    @Test func `labelled pairs may name an index's documents by id`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("labels.csv", "query,positive_id,label\nwhy not,why,1\nwhy not,order,0\nwho is in it,twin,1\nwho is in it,why,0\n")
            let found = try #require(
                place.succeed(
                    "evaluate", "faq", "--pairs", "labels.csv", "--task", "classification", "--json", "--no-intervals"
                ).json.first)
            // The right ones have the documents' own words, and a cosine of 1.
            #expect(found["pairs"] == 4 && found["metrics"]?["accuracy"] == .number(1))
            try place.refuse(
                ["evaluate", "faq", "--pairs", "labels.csv", "--task", "classification"],
                saying: ["labels.csv: an interval needs at least 10 queries, not 2"])
        }
    }

    @Test func `queries that the model has learned are reported apart`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.copyModel("bert-mean", to: "trained")
            try place.makeFolder("trained/training")
            // Of "cancel it" and of "something else", by sha256sum.
            try place.write(
                "trained/training/texts.sha256",
                """
                097de38a35f61a690c1d03f3d1ffa16dce021d1a91b1935e09a3c6bca467f4f6
                f41f3fa625ff120ddca7ef456bf66371ecea23c129f4e4c32367101edb516cf8

                """)
            _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl", "--model", "trained")
            try place.write("pairs.jsonl", Self.pairs)
            let found = try #require(
                place.succeed("evaluate", "faq", "--pairs", "pairs.jsonl", "--json", "--no-intervals").json.first)
            #expect(found["seen"]?["queries"] == 1 && found["unseen"]?["queries"] == 4)
            let all = try #require(found["metrics"]?["MAP"]?.double)
            let parts = try [("seen", 1.0), ("unseen", 4.0)].map { part, count in
                count * (try #require(found[part]?["metrics"]?["MAP"]?.double))
            }
            #expect(abs(parts[0] + parts[1] - 5 * all) < 1e-12)

            let rows = ["cancel it,why not,0", "why not,why not,1", "who is it,where,0"]
            try place.write("labels.csv", "sentence1,sentence2,label\n" + rows.map { $0 + "\n" }.joined())
            let pairs = try #require(
                place.succeed("evaluate", "--model", "trained", "--pairs", "labels.csv", "--json", "--no-intervals").json.first)
            #expect(pairs["seen"] == 1 && pairs["unseen"]?["pairs"] == 2)
            #expect(pairs["unseen"]?["metrics"]?["accuracy"] == .number(1))
        }
    }

    @Test func `texts that no document has are listed`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("pairs.csv", "query,positive\nwhy,why not\nwho,nobody knows\n")
            let found = try place.succeed("evaluate", "faq", "--pairs", "pairs.csv", "--json", "--no-intervals")
            #expect(found.error.contains("1 texts given as answers are those of no document"))
            #expect(found.error.contains("nobody knows"))
            #expect(try found.json.first?["queries"] == 1)
            #expect(try found.json.first?["unmatched"] == ["nobody knows"])
            #expect(try found.json.first?["without_relevant"] == 1)
            try place.refuse(
                ["evaluate", "faq", "--pairs", "pairs.csv", "--no-intervals", "--strict"],
                saying: ["the query \"who\" has no relevant document"])
            try place.write("pairs.csv", "query,positive\nwho,nobody knows\n")
            try place.refuse(
                ["evaluate", "faq", "--pairs", "pairs.csv", "--no-intervals"], saying: ["no query has a relevant document"])
        }
    }

    @Test func `bad input is refused with file and line`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("pairs.jsonl", Self.pairs)
            try place.write("ids.jsonl", "{\"query\":\"a\",\"positive_id\":\"why\"}\n{\"query\":\"a\",\"positive_id\":\"gone\"}\n")
            try place.refuse(
                ["evaluate", "faq", "--pairs", "ids.jsonl"], saying: ["ids.jsonl:2: there is no document with the id \"gone\""])
            try place.write("queries.jsonl", "{\"id\":\"1\",\"text\":\"why\"}\n")
            try place.write("unknown.tsv", "1 0 why 1\n1 0 gone 1\n")
            try place.refuse(
                ["evaluate", "faq", "--queries", "queries.jsonl", "--qrels", "unknown.tsv"],
                saying: ["unknown.tsv:2: there is no document with the id \"gone\""])
            try place.refuse(
                ["evaluate", "--model", "prompts", "--corpus", "corpus.jsonl", "--queries", "queries.jsonl", "--qrels", "unknown.tsv"],
                saying: ["unknown.tsv:2: there is no document with the id \"gone\""])
            try place.refuse(
                ["compare", "faq", "--queries", "queries.jsonl", "--qrels", "unknown.tsv"],
                saying: ["unknown.tsv:2: there is no document with the id \"gone\" in faq"])
            try place.makeFolder("beir")
            try place.makeFolder("beir/qrels")
            try place.write("beir/corpus.jsonl", "{\"_id\":\"why\",\"text\":\"why not\"}\n")
            try place.write("beir/queries.jsonl", "{\"_id\":\"1\",\"text\":\"why\"}\n")
            try place.write("beir/qrels/test.tsv", "query-id\tcorpus-id\tscore\n1\twhy\t1\n1\tgone\t1\n")
            try place.refuse(
                ["evaluate", "--beir", "beir"], saying: ["beir/qrels/test.tsv:3: there is no document with the id \"gone\""])
            try place.write("lost.tsv", "1 0 why 1\n2 0 why 1\n")
            try place.refuse(
                ["evaluate", "faq", "--queries", "queries.jsonl", "--qrels", "lost.tsv"],
                saying: ["lost.tsv:2: there is no query with the id \"2\""])
            try place.write("none.tsv", "1 0 why 0\n")
            try place.refuse(
                ["evaluate", "faq", "--queries", "queries.jsonl", "--qrels", "none.tsv"],
                saying: ["the query \"1\" has no relevant document"])
            try place.write("more.jsonl", "{\"id\":\"1\",\"text\":\"why\"}\n{\"id\":\"9\",\"text\":\"nothing\"}\n")
            try place.write("one.tsv", "1 0 why 1\n")
            let counted = ["evaluate", "faq", "--queries", "more.jsonl", "--qrels", "one.tsv", "--json", "--no-intervals"]
            #expect(try place.run(counted).json.first?["not_judged"] == 1)
            try place.write("some.tsv", "1 0 why 1\n3 0 why 0\n")
            try place.write("a.run", "1 Q0 why 1 0.5 t\n3 Q0 why 1 0.5 t\n")
            let left = try #require(
                place.succeed("evaluate", "--run", "a.run", "--qrels", "some.tsv", "--json", "--no-intervals").json.first)
            #expect(left["without_relevant"] == 1 && left["queries"] == 1)
            try place.refuse(
                ["evaluate", "--run", "a.run", "--qrels", "some.tsv", "--strict"],
                saying: ["the query \"3\" has no relevant document"])
            for (score, reason) in [("high", "the score is \"high\""), ("nan", "the score is \"nan\"")] {
                try place.write("bad.run", "1 Q0 why 1 0.5 t\n1 Q0 order 2 \(score) t\n")
                try place.refuse(["evaluate", "--run", "bad.run", "--qrels", "some.tsv"], saying: ["bad.run:2: \(reason)"])
            }
            try place.write("twice.run", "1 Q0 why 1 0.5 t\n1 Q0 why 2 0.4 t\n")
            try place.refuse(
                ["evaluate", "--run", "twice.run", "--qrels", "some.tsv"],
                saying: ["twice.run:2: the document \"why\" stands there twice for the query \"1\""])
            try place.write("other.run", "7 Q0 why 1 0.5 t\n")
            try place.refuse(
                ["evaluate", "--run", "other.run", "--qrels", "some.tsv"], saying: ["other.run has none of the queries of some.tsv"])
            // A file that cannot be made is told before others are.
            try place.refuse(
                ["evaluate", "--run", "a.run", "--qrels", "some.tsv", "--no-intervals", "--run-out", "out.run", "--per-query", "nowhere/q.jsonl"],
                saying: ["nowhere/q.jsonl"])
            #expect(try !place.exists("out.run"))
            try place.write("one-class.csv", "sentence1,sentence2,label\na,b,0\nc,d,0\n")
            try place.refuse(
                ["evaluate", "--pairs", "one-class.csv"],
                saying: ["one-class.csv: all 2 labels are 0; a classification needs pairs of both classes"])
            try place.write("both.csv", "sentence1,sentence2,label\na,b,0\nc,d,1\n")
            try place.refuse(
                ["evaluate", "--pairs", "both.csv", "--dev", "one-class.csv"],
                saying: ["one-class.csv: all 2 labels are 0"])
        }
    }

    @Test func `pairs have metrics of their own, and scores the same meaning in both files`() throws {
        try withWorkplace { place in
            let words = ["why", "who", "cancel", "order", "password", "where", "what", "when", "not", "in", "it", "how"]
            func write(_ name: String, _ score: (Int) -> Int) throws {
                try place.write(
                    name, "sentence1,sentence2,score\n"
                        + words.indices.map { "\(words[$0]) it,\(words[($0 + $0 % 2) % 12]),\(score($0))\n" }.joined())
            }
            try write("test.csv") { 2 + $0 % 4 }
            try write("dev.csv") { $0 % 6 }
            let arguments = ["evaluate", "--pairs", "test.csv", "--task", "classification", "--json"]
            // Of 2 to 5 a score of 3 is in the lower half, of 0 to 5 in the upper.
            let alone = try #require(place.run(arguments).json.first)
            let beside = try #require(place.run(arguments + ["--dev", "dev.csv"]).json.first)
            #expect(try numbers(#require(alone["score_range"])) == [2, 5] && numbers(#require(beside["score_range"])) == [0, 5])
            let chosen = try #require(place.run(arguments + ["--metric", "AUC", "--metric", "F1"]).json.first)
            #expect(chosen["metrics"]?.object?.members.map(\.key) == ["F1", "AUC"] && chosen["intervals"]?.object?.members.count == 2)
            #expect(chosen["metrics"]?["AUC"] == alone["metrics"]?["AUC"])
            try place.refuse(arguments + ["--metric", "MAP"], status: 64, saying: ["--metric is MAP; a classification has accuracy"])
            #expect(try place.run(["evaluate", "--pairs", "test.csv"]).text.contains("scores from 2.0 to 5.0 are scaled"))
            // Five pairs for each of nine queries are nine queries.
            try place.write(
                "few.csv", "sentence1,sentence2,label\n"
                    + (0..<45).map { "\(words[$0 / 5]) it,\(words[$0 % 12]),\($0 % 2)\n" }.joined())
            try place.refuse(["evaluate", "--pairs", "few.csv"], saying: ["at least 10 queries, not 9"])
        }
    }

    @Test func `a metric is told once`() throws {
        try withWorkplace { place in
            try place.write("a.run", "1 Q0 why 1 0.5 t\n")
            try place.write("q.tsv", "1 0 why 1\n")
            let arguments = ["evaluate", "--run", "a.run", "--qrels", "q.tsv", "--json", "--no-intervals"]
            let found = try #require(place.run(arguments + ["--metric", "MAP", "--metric", "map"]).json.first)
            #expect(found["metrics"]?.object?.members.count == 1)
            let cut = try #require(place.run(arguments + ["-k", "1,1"]).json.first)
            #expect(cut["metrics"]?.object?.members.count { $0.key == "P@1" } == 1)
        }
    }

    @Test func `usage that makes no sense is refused`() throws {
        try withWorkplace { place in
            for (arguments, part) in [
                (["--pairs", "x", "--k", "5,0"], "a cutoff of 0, expected 1 or more"),
                (["--pairs", "x", "--k", "five"], "--k has \"five\""),
                (["--pairs", "x", "--metric", "nDGC@10"], "the nearest is nDCG@10"),
                (["--pairs", "x", "--metric", "P@0"], "P@0: a cutoff of 0, expected 1 or more"),
                ([], "give one of --pairs FILE"), (["--queries", "x"], "give one of --pairs FILE"),
                (["--qrels", "x"], "--queries and --qrels go together"),
                (["--run", "x", "--pairs", "y"], "--run needs --qrels"),
                (["faq", "--pairs", "x", "--corpus", "y"], "--corpus is for a model"),
                (["--pairs", "x", "--depth", "0"], "--depth must be at least 1"),
                (["--pairs", "x", "--depth", "5", "-k", "1,10"], "--depth 5 is too little for"),
                (["--run", "x", "--qrels", "y", "--dev", "z"], "a run is judged without"),
            ] {
                try place.refuse(["evaluate"] + arguments, status: 64, saying: [part])
            }
        }
    }

    @Test func `feedback tells how often users were helped, model by model`() throws {
        try withWorkplace { place in
            func line(_ day: Int, _ model: String, _ end: String) -> String {
                #"{"time":"2026-11-0\#(day)T08:00:00Z","index":"faq","model":"\#(model)","query":"why \#(day)","hits":["order","why"],\#(end)}"# + "\n"
            }
            let old = (0..<6).map { _ in line(1, "aaa", #""helped":false"#) } + (0..<4).map { _ in line(2, "aaa", #""chosen":"why""#) }
            let new = (0..<9).map { _ in line(3, "bbb", #""chosen":"order""#) } + [line(4, "bbb", #""helped":false"#)]
            try place.write("said.jsonl", (old + new).joined())
            let found = try #require(place.succeed("evaluate", "--feedback", "said.jsonl", "--json").json.first)
            let models = try #require(found["models"]?.array)
            #expect(found["opinions"] == 20 && models.count == 2)
            #expect(models[0]["resolved"]?.double == 0.4 && models[1]["resolved"]?.double == 0.9)
            #expect(models[0]["MRR"]?.double == 0.2 && models[1]["resolved_by_first"]?.double == 0.9)
            let change = try #require(found["changes"]?.array?.first)
            #expect(change["difference"]?.double == 0.5)
            #expect(try place.succeed("evaluate", "--feedback", "said.jsonl").text.contains("+50.0 points"))
            // What was chosen is learned from; what helped nobody tells no answer.
            try place.write("corpus.jsonl", smallCorpus)
            let trained = try place.succeed(
                "train", "--pairs", "said.jsonl", "--corpus", "corpus.jsonl", "--dev-fraction", "0", "--to", "out", "--epochs", "1")
            #expect(trained.error.contains("13 training pairs: 13 belong together"))
            try place.write("bad.jsonl", old[0] + #"{"time":"t","model":"aaa","hits":["a"],"chosen":"b"}"# + "\n")
            try place.refuse(["evaluate", "--feedback", "bad.jsonl"], saying: ["bad.jsonl:2", "not among"])
            try place.refuse(["evaluate", "--feedback", "said.jsonl", "--model", "wide"], status: 64, saying: ["by itself"])
        }
    }
}
