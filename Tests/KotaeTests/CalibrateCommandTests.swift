import JSON
import Testing
import TestSupport

@Suite struct CalibrateCommandTests {
    /// Forty entries that are found by their own questions, and questions that no entry has.
    private func buildIndex(_ place: Workplace) throws {
        let words = "the of and to in is my how do can what where when why who not it cancel order password".split(separator: " ")
        let questions = (0..<40).map { "\(words[$0 % 20]) \(words[($0 * 7 + 3) % 20]) \(words[($0 * 11 + 5 + $0 / 20) % 20]) \(words[($0 / 20 + $0) % 20])" }
        let entries = questions.enumerated().map { "{\"id\":\"e\($0)\",\"question\":\"\($1)\"}\n" }
        try place.write("corpus.jsonl", entries.joined())
        try place.write("pairs.jsonl", questions.enumerated().map { "{\"query\":\"\($1)\",\"docid\":\"e\($0)\"}\n" }.joined())
        try place.write("nothing.txt", (0..<20).map { "\(words[$0]) 注文 \(words[19 - $0]) 返品\n" }.joined())
        _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl")
    }

    @Test func `a threshold is kept, and searches say whether they reach it`() throws {
        try withWorkplace { place in
            try buildIndex(place)
            #expect(try place.succeed("search", "faq", "--json", "why").json.first?["confident"] == .null)
            let found = try #require(
                place.succeed(
                    "calibrate", "faq", "--pairs", "pairs.jsonl", "--unanswerable", "nothing.txt", "--json"
                ).json.first)
            let threshold = try #require(found["threshold"]?.double)
            #expect(found["questions"] == 60 && found["kept"] == true)
            let steps = try #require(found["thresholds"]?.array)
            let chosen = try #require(steps.first { $0["threshold"]?.double == threshold })
            #expect(try #require(chosen["precision"]?.double) >= 0.9 && #require(chosen["confidence"]?.double) >= 0.9)
            // The lowest that is sure enough.
            for step in steps where try #require(step["threshold"]?.double) < threshold {
                #expect(try #require(step["precision"]?.double) < 0.9 || #require(step["confidence"]?.double) < 0.9)
            }
            let manifest = try JSONValue(parsing: String(decoding: place.read("faq/index.json"), as: UTF8.self))
            #expect(manifest["calibration"]?["threshold"]?.double == threshold)

            for query in ["the to when in", "注文 返品", "why not"] {
                let answer = try #require(place.succeed("search", "faq", "--json", query).json.first)
                let score = try #require(answer["hits"]?.array?.first?["score"]?.double)
                #expect(answer["confident"]?.bool == (Float(score) >= Float(threshold)))
                for way in ["--hybrid", "--lexical"] {
                    let other = try #require(place.succeed("search", "faq", "--json", way, query).json.first)
                    #expect(other["confident"] == .null)
                }
            }
            let text = try place.succeed("search", "faq", "注文 返品").text
            #expect(text.contains("no confident answer"))
        }
    }

    @Test func `an index has its own way to rank, and a threshold for it`() throws {
        try withWorkplace { place in
            try buildIndex(place)
            let plain = try #require(place.succeed("search", "faq", "--json", "cancel order").json.first)
            func build(_ way: String...) throws {
                _ = try place.run(["index", "build", "faq", "--corpus", "corpus.jsonl"] + way)
            }
            func search(_ way: String...) throws -> JSONValue {
                try #require(place.run(["search", "faq", "--json", "cancel order"] + way).json.first)
            }
            try build("--rank-by", "meaning+words")
            #expect(try search() == search("--hybrid") && search("--semantic") == plain)
            // It is kept by what changes the index.
            try build()
            _ = try place.succeed("index", "compact", "faq")
            #expect(try search() == search("--hybrid"))
            _ = try place.succeed("calibrate", "faq", "--pairs", "pairs.jsonl", "--unanswerable", "nothing.txt")
            for query in ["the to when in", "注文 返品"] {
                let hits = try #require(
                    place.succeed("search", "faq", "--json", "--explain", query).json.first)
                let info = try #require(place.succeed("index", "info", "faq", "--json").json.first)
                let threshold = try #require(info["calibration"]?["threshold"]?.double)
                let cosine = try #require(hits["hits"]?.array?.first?["explanation"]?["cosine"]?.double)
                #expect(hits["confident"]?.bool == (cosine >= threshold - 1e-6))
            }
            #expect(try search("--semantic")["confident"] == .null)
            try build("--rank-by", "words")
            #expect(try search() == search("--lexical"))
            try place.refuse(["index", "build", "faq", "--corpus", "corpus.jsonl", "--rank-by", "luck"], status: 64, saying: ["meaning+words"])
        }
    }

    @Test func `an index by words gets a threshold of the BM25 score`() throws {
        try withWorkplace { place in
            try buildIndex(place)
            _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl", "--rank-by", "words")
            let found = try #require(
                place.succeed(
                    "calibrate", "faq", "--pairs", "pairs.jsonl", "--unanswerable", "nothing.txt",
                    "--precision", "0.8", "--json"
                ).json.first)
            let threshold = try #require(found["threshold"]?.double)
            #expect(found["ranking"] == "words" && found["questions"] == 60)
            // Whatever finds nothing is no threshold.
            let steps = try #require(found["thresholds"]?.array).compactMap { $0["threshold"]?.double }
            #expect(steps.allSatisfy { $0 > 0 })
            let pairs = try String(decoding: place.read("pairs.jsonl"), as: UTF8.self).split(separator: "\n")
            let asked = try pairs.prefix(3).map { try JSONValue(parsing: String($0))["query"]?.string ?? "" } + ["返品", "the 注文"]
            var answers: Set<Bool> = []
            for query in asked {
                let answer = try #require(place.succeed("search", "faq", "--json", query).json.first)
                let score = answer["hits"]?.array?.first?["score"]?.double
                #expect(answer["confident"]?.bool == (score.map { Float($0) >= Float(threshold) } ?? false))
                answers.insert(try #require(answer["confident"]?.bool))
                #expect(try place.succeed("search", "faq", "--json", "--semantic", query).json.first?["confident"] == .null)
            }
            #expect(answers == [true, false])
            try place.refuse(
                ["calibrate", "faq", "--pairs", "pairs.jsonl", "--unanswerable", "nothing.txt"],
                saying: ["no threshold reaches a precision of 0.9 with a confidence of 0.9; the best is"])
            // One of words says nothing of pairs.
            try place.write("two.csv", "sentence1,sentence2\nwhy,why\n")
            try place.refuse(["similarity", "--pairs", "two.csv", "--index", "faq"], saying: ["faq", "no threshold of the cosine", "kotae calibrate"])
        }
    }

    @Test func `a threshold outlasts changes, and ends with its model`() throws {
        try withWorkplace { place in
            try buildIndex(place)
            let arguments = ["calibrate", "faq", "--pairs", "pairs.jsonl", "--unanswerable", "nothing.txt"]
            _ = try place.run(arguments + ["--dry-run"])
            #expect(try place.succeed("search", "faq", "--json", "why").json.first?["confident"] == .null)
            #expect(try place.run(arguments).status == 0)
            _ = try place.succeed("index", "compact", "faq")
            let again = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl")
            #expect(!again.error.contains("calibrate"))
            #expect(try place.succeed("search", "faq", "--json", "why").json.first?["confident"] != .null)
            for change in [["--rank-by", "meaning+words"], ["--rank-by", "meaning", "--embed-answers"]] {
                let changed = try place.run(["index", "build", "faq", "--corpus", "corpus.jsonl"] + change)
                #expect(changed.error.contains("run kotae calibrate again"))
                #expect(try place.succeed("index", "info", "faq", "--json").json.first?["calibration"] == nil)
                _ = try place.run(["index", "build", "faq", "--corpus", "corpus.jsonl", "--rank-by", "meaning"])
                #expect(try place.run(arguments).status == 0)
            }
            let other = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl", "--model", "prompts")
            #expect(other.error.contains("run kotae calibrate again"))
            #expect(try place.succeed("search", "faq", "--json", "why").json.first?["confident"] == .null)
        }
    }

    @Test func `entries left out serve as questions without answer`() throws {
        try withWorkplace { place in
            try buildIndex(place)
            let arguments = ["calibrate", "faq", "--pairs", "pairs.jsonl", "--json", "--precision", "0.5", "--confidence", "0.6", "--dry-run"]
            let found = try #require(place.run(arguments + ["--left-out", "0.25"]).json.first)
            let last = try #require(found["thresholds"]?.array?.last)
            // Of 40 questions that find their own entries, 10 cannot.
            #expect(last["shown"] == 40 && last["right"] == 30)
            #expect(try place.run(arguments + ["--left-out", "0.25"]).json == [found])
        }
    }

    @Test func `what cannot be promised is refused, and nothing kept`() throws {
        try withWorkplace { place in
            try buildIndex(place)
            let lines = try String(decoding: place.read("pairs.jsonl"), as: UTF8.self).split(separator: "\n")
            try place.write("few.jsonl", lines.prefix(3).joined(separator: "\n"))
            try place.write("header.csv", "id,question\n1,why\n")
            try place.refuse(
                ["calibrate", "faq", "--pairs", "pairs.jsonl", "--unanswerable", "header.csv"],
                saying: ["header.csv:2: expected the field \"text\""])
            try place.write("empty.txt", "\n")
            try place.refuse(
                ["calibrate", "faq", "--pairs", "pairs.jsonl", "--unanswerable", "empty.txt"],
                saying: ["empty.txt: there are no questions"])
            try place.refuse(
                ["calibrate", "faq", "--pairs", "pairs.jsonl", "--precision", "0.999999"],
                saying: ["40 questions are too few", "needs more than 10,000"])
            try place.refuse(["calibrate", "faq", "--pairs", "few.jsonl"], saying: ["3 questions are too few", "needs at least"])
            // Every question asks for the entry of another.
            try place.write("wrong.jsonl", lines.indices.map { index in
                "\(lines[index].prefix { $0 != "," }),\"docid\":\"e\((index + 1) % 40)\"}\n"
            }.joined())
            try place.refuse(
                ["calibrate", "faq", "--pairs", "wrong.jsonl", "--unanswerable", "nothing.txt"],
                saying: ["no threshold reaches a precision of 0.9 with a confidence of 0.9; the best is"])
            for (option, value) in [("--precision", "1.5"), ("--confidence", "0"), ("--left-out", "1")] {
                try place.refuse(
                    ["calibrate", "faq", "--pairs", "pairs.jsonl", option, value], status: 64,
                    saying: ["\(option) is", "expected a number between 0 and 1"])
            }
        }
    }

    @Test func `pairs get yes or no by a threshold`() throws {
        try withWorkplace { place in
            try place.write("pairs.csv", "sentence1,sentence2\nwhy,why\nwhy,cancel my order\n")
            let scores = try place.succeed("similarity", "--pairs", "pairs.csv").lines.compactMap(Double.init)
            let middle = (scores[0] + scores[1]) / 2
            let found = try place.succeed("similarity", "--pairs", "pairs.csv", "--threshold", "\(middle)")
            #expect(found.lines.map { $0.split(separator: "\t").last } == ["yes", "no"])
            let json = try place.succeed("similarity", "--pairs", "pairs.csv", "--threshold", "\(middle)", "--json").json
            #expect(json.map { $0["same"] } == [true, false])
            try place.refuse(["similarity", "a", "b", "--threshold", "0.5"], status: 64, saying: ["--threshold is for --pairs"])
            try place.refuse(["similarity", "a", "b", "--index", "faq"], status: 64, saying: ["--index is for --pairs"])
            try place.refuse(
                ["similarity", "--pairs", "pairs.csv", "--index", "faq", "--max-length", "9"], status: 64, saying: ["--max-length"])
        }
    }

    @Test func `an index's threshold says yes or no of pairs`() throws {
        try withWorkplace { place in
            try buildIndex(place)
            try place.write("pairs.csv", "sentence1,sentence2\nwhy not,why not\nwhy,cancel my order\n")
            try place.refuse(["similarity", "--pairs", "pairs.csv", "--index", "faq"], saying: ["faq", "no threshold", "kotae calibrate"])
            let found = try #require(
                place.succeed(
                    "calibrate", "faq", "--pairs", "pairs.jsonl", "--unanswerable", "nothing.txt", "--json"
                ).json.first)
            let threshold = try #require(found["threshold"]?.double)
            let lines = try place.succeed("similarity", "--pairs", "pairs.csv", "--index", "faq", "--json").json
            #expect(lines.first?["same"] == true)
            for line in lines { #expect(try line["same"]?.bool == (#require(line["score"]?.double) >= threshold)) }
            try place.refuse(
                ["similarity", "--pairs", "pairs.csv", "--index", "faq", "--model", "prompts"], saying: ["faq", "model"])
            // One that is typed comes first.
            let typed = try place.succeed("similarity", "--pairs", "pairs.csv", "--index", "faq", "--threshold", "1.5", "--json").json
            #expect(typed.map { $0["same"] } == [false, false])
        }
    }
}
