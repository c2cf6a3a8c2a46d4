import FoundationEssentials
import Glibc
import JSON
import TestSupport
import Testing

@Suite struct PilotCommandTests {
    /// Thirty entries, and eight questions for each, of words that the tiny model knows.
    private func write(_ place: Workplace) throws {
        let words = "the of and to in is my how do can what where when why who not it cancel order password".split(separator: " ")
        var random = SplitMix64(seed: 3)
        let entries: [[String]] = (0..<30).map { index in
            let places: [Int] = [index, index * 7 + 3, index * 3 + 11]
            return places.map { String(words[$0 % 20]) }
        }
        try place.write(
            "corpus.csv",
            "id,question,answer,area\n" + entries.enumerated().map { "e\($0),\($1.joined(separator: " ")),Answer \($0),a\n" }.joined())
        let pairs = (0..<240).map { index -> String in
            let own = entries[index / 8].shuffled(using: &random)
            return "{\"query\":\"\(own[0]) \(own[1]) \(words[index % 20]) \(index)\",\"positive_id\":\"e\(index / 8)\"}\n"
        }
        try place.write("pairs.jsonl", pairs.joined())
        try place.write(
            "costs.yaml", "inquiries_per_month: 1000\nminutes_per_inquiry: 6\nsuggestion_share: 0.5\ncost_per_hour: 40\ncurrency: EUR\n")
    }

    private let arguments = [
        "pilot", "--corpus", "corpus.csv", "--pairs", "pairs.jsonl", "--to", "pilot", "--minutes", "0.05",
        "--costs", "costs.yaml",
    ]

    @Test func `leaves the winner's index, its model and a report`() throws {
        try withWorkplace { place in
            try write(place)
            let outcome = try place.run(arguments)
            try #require(outcome.status == 0, "\(outcome.error)")
            let report = try JSONValue(parsing: String(decoding: place.read("pilot/report.json"), as: UTF8.self))
            let candidates = try #require(report["candidates"]?.array)
            let kinds = candidates.compactMap { $0["kind"]?.string }
            #expect(kinds.starts(with: ["bm25", "base", "bm25+base"]))
            let data = try #require(report["data"])
            let parts = ["training", "development", "held_out"].compactMap { data[$0]?.integer }
            #expect(parts.reduce(0, +) == 240 && parts.count == 3)
            #expect(report["business"]?.isNull == false)
            #expect(report["hardest"]?.array?.isEmpty == false)
            let html = String(decoding: try place.read("pilot/report.html"), as: UTF8.self)
            #expect(html.contains("lang=\"en\"") && html.contains("kotae pilot --corpus corpus.csv"))
            // What is there works by itself.
            #expect(try place.exists("pilot/work") == false)
            _ = try place.succeed("index", "verify", "pilot/index", "--full")
            let chosen = try #require(report["verdict"]?["chosen"]?.string)
            let info = try #require(place.succeed("index", "info", "pilot/index", "--json").json.first)
            let ranking = chosen == "bm25" ? "words" : chosen.contains("+") ? "meaning+words" : "meaning"
            #expect(info["ranking"]?.string == ranking)
            // Its figures are those of the command that it names.
            let again = try #require(
                place.succeed("evaluate", "pilot/index", "--pairs", "pilot/data/held-out.jsonl", "--json").json.first)
            let own = try #require(candidates.first { $0["kind"]?.string == chosen || $0["id"]?.string == chosen })
            #expect(again["metrics"]?["MRR"]?.double == own["all"]?["metrics"]?["MRR"]?.double)
            // It is done, and is not begun again by mistake.
            try place.refuse(arguments, saying: ["--overwrite"])
        }
    }

    /// Six times five entries of the same words in other orders, each with a code of its own: half of the
    /// questions have an entry's words in their order, which keyword search cannot tell from others, and half
    /// have its code among the words of another, which misleads the model.
    private func writePartsForFusion(_ place: Workplace) throws {
        let words = "the of and to in is my how do can what where when why who not it cancel order password".split(separator: " ")
        var random = SplitMix64(seed: 1)
        let entries = (0..<6).flatMap { _ -> [String] in
            let bag = words.shuffled(using: &random).prefix(6)
            return (0..<5).map { _ in bag.shuffled(using: &random).joined(separator: " ") }
        }
        try place.write("corpus.csv", "id,question\n" + entries.enumerated().map { "e\($0),\($1) c\($0)\n" }.joined())
        for (name, count, first) in [("train", 60, 1000), ("dev", 120, 2000), ("test", 120, 3000)] {
            let lines = (0..<count).map { number -> String in
                let entry = number % 30
                let text = number / 30 % 2 == 1
                    ? entries[entry] : "\(entries[Int.random(in: 0..<30, using: &random)]) c\(entry)"
                return "{\"query\":\"\(text) \(first + number)\",\"positive_id\":\"e\(entry)\"}\n"
            }
            try place.write("\(name).jsonl", lines.joined())
        }
        try place.write("nothing.txt", (0..<9).map { "返品 \(words[$0]) 注文\n" }.joined())
    }

    @Test func `takes parts that are chosen already, and an index of the fusion where that wins`() throws {
        try withWorkplace { place in
            try writePartsForFusion(place)
            let outcome = try place.run([
                "pilot", "--corpus", "corpus.csv", "--pairs", "train.jsonl", "--dev", "dev.jsonl", "--held-out", "test.jsonl",
                "--unanswerable", "nothing.txt", "--language", "ja", "--to", "pilot", "--minutes", "1e-6",
            ])
            try #require(outcome.status == 0, "\(outcome.error)")
            let report = try JSONValue(parsing: String(decoding: place.read("pilot/report.json"), as: UTF8.self))
            let data = try #require(report["data"])
            #expect(data["training"] == 60 && data["development"] == 120 && data["held_out"] == 120)
            let chosen = try #require(report["verdict"]?["chosen"]?.string)
            try #require(chosen.hasPrefix("bm25+"))
            let info = try #require(place.succeed("index", "info", "pilot/index", "--json").json.first)
            #expect(info["ranking"] == "meaning+words")
            let again = try #require(
                place.succeed("evaluate", "pilot/index", "--pairs", "test.jsonl", "--json").json.first)
            let own = try #require(report["candidates"]?.array?.first { $0["id"]?.string == chosen })
            for metric in ["MRR", "HasPositives@1", "nDCG@10"] {
                #expect(again["metrics"]?[metric]?.double == own["all"]?["metrics"]?[metric]?.double)
            }
            // Every other question without an answer judges the threshold; the rest found it.
            let calibration = try #require(report["calibration"])
            #expect(calibration["score"] == "cosine" && calibration["unanswerable"] == 4 && calibration["answerable"] == 120)
            let html = String(decoding: try place.read("pilot/report.html"), as: UTF8.self)
            #expect(html.contains("lang=\"ja\"") && html.contains("しきい値"))
        }
    }

    @Test func `queries with judgements are as good as pairs`() throws {
        try withWorkplace { place in
            try write(place)
            let pairs = try String(decoding: place.read("pairs.jsonl"), as: UTF8.self).split(separator: "\n")
                .map { try JSONValue(parsing: String($0)) }
            try place.write(
                "queries.jsonl", pairs.enumerated().map { "{\"id\":\"q\($0)\",\"text\":\($1["query"] ?? .null)}\n" }.joined())
            try place.write(
                "qrels.tsv", pairs.enumerated().map { "q\($0)\t0\t\($1["positive_id"]?.string ?? "")\t1\n" }.joined())
            func report(_ given: String...) throws -> JSONValue {
                let outcome = try place.run(
                    ["pilot", "--corpus", "corpus.csv", "--to", "pilot", "--minutes", "1e-6", "--overwrite", "--json"] + given)
                try #require(outcome.status == 0, "\(outcome.error)")
                return try #require(outcome.json.first)
            }
            let expected = try report("--pairs", "pairs.jsonl")
            let found = try report("--queries", "queries.jsonl", "--qrels", "qrels.tsv")
            for part in ["candidates", "comparisons", "data", "calibration"] { #expect(found[part] == expected[part]) }
            // Of keyword search a threshold, too.
            #expect(found["verdict"]?["chosen"] == "bm25" && found["calibration"]?["score"] == "bm25")
            #expect(found["calibration"]?["curve"]?.array?.isEmpty == false && found["scores"]?["score"] == "bm25")
        }
    }

    @Test func `goes on where it was killed, and ends with the same figures`() throws {
        try withWorkplace { place in
            try write(place)
            // So short that there is time for the first training alone, however fast the machine is.
            let arguments = arguments.map { $0 == "0.05" ? "1e-6" : $0 }
            let start = ContinuousClock.now
            let whole = try place.run(arguments)
            try #require(whole.status == 0, "\(whole.error)")
            let duration = (ContinuousClock.now - start) / .seconds(1)
            func figures() throws -> [JSONValue?] {
                let report = try JSONValue(parsing: String(decoding: place.read("pilot/report.json"), as: UTF8.self))
                return ["candidates", "comparisons", "hardest", "data"].map { report[$0] }
            }
            let expected = try figures()
            func isComplete() throws -> Bool { try place.exists("pilot/report.html") }
            var kills = 0
            for share in [0.1, 0.25, 0.5, 0.75] {
                let first = try place.run(
                    arguments + (isComplete() ? ["--overwrite"] : []), killedAfter: share * duration)
                if first.status == 0 { break }
                #expect(first.status == 137, "\(first.error)")
                // Otherwise it had not begun yet, or had ended already.
                if try !isComplete() { kills += 1 }
            }
            if try !isComplete() {
                let last = try place.run(arguments)
                try #require(last.status == 0, "\(last.error)")
            }
            #expect(kills > 0)
            #expect(try figures() == expected)
        }
    }

    @Test func `a folder in which another pilot is at work is left to it`() throws {
        try withWorkplace { place in
            try write(place)
            try place.makeFolder("pilot")
            let folder = open(place.path("pilot"), O_RDONLY | O_DIRECTORY)
            try #require(folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) == 0)
            try place.refuse(arguments, saying: ["pilot: another pilot is at work"])
            close(folder)
            // As one leaves it that was killed while it wrote its report.
            try place.write("pilot/report.json.123.partial", "{")
            let outcome = try place.run(arguments.map { $0 == "0.05" ? "1e-6" : $0 })
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(try !place.exists("pilot/report.json.123.partial"))
        }
    }

    @Test func `bad input is told before anything is written`() throws {
        try withWorkplace { place in
            try write(place)
            func refuse(_ more: [String], status: Int32 = 1, saying parts: String...) throws {
                try place.refuse(arguments + more, status: status, saying: parts)
            }
            try refuse(["--metric", "MRS"], status: 64, saying: "MRS", "MRR")
            try refuse(["--minutes", "0"], status: 64, saying: "--minutes")
            try refuse(["--answer-precision", "1.5"], status: 64, saying: "--answer-precision")
            try refuse(["--language", "fr"], status: 64, saying: "en", "ja")
            try refuse(["--queries", "q.jsonl"], status: 64, saying: "--qrels")
            for (text, line, part) in [
                ("inquiries: 3\n", 1, "inquiries is unknown"), ("inquiries_per_month: -3\n", 1, "no less than 0"),
                ("inquiries_per_month: 9\nminutes_per_inquiry: 9\nsuggestion_share: 60%\n", 3, "without unit"),
                ("inquiries_per_month: 9\nminutes_per_inquiry: [1]\n", 2, "expected entries"),
                ("inquiries_per_month: 9\ninquiries_per_month: 8\n", 2, "inquiries_per_month stands there twice"),
                ("inquiries_per_month: 9\nminutes_per_inquiry: \"6\n", 3, "is no YAML: found unexpected end"),
            ] {
                try place.write("bad.yaml", text)
                try refuse(["--costs", "bad.yaml"], saying: "bad.yaml:\(line):", part)
            }
            try place.write("few.jsonl", (0..<12).map { "{\"query\":\"q\($0)\",\"positive_id\":\"e\($0)\"}\n" }.joined())
            try place.refuse(
                ["pilot", "--corpus", "corpus.csv", "--pairs", "few.jsonl", "--to", "pilot"],
                saying: ["few.jsonl", "at least 10", "50"])
            try refuse(["--dev", "few.jsonl", "--held-out", "few.jsonl"], saying: "few.jsonl:1", "stands in another part")
            try place.write("three.jsonl", (0..<3).map { "{\"query\":\"t\($0)\",\"positive_id\":\"e\($0)\"}\n" }.joined())
            try refuse(["--dev", "three.jsonl"], saying: "3 questions", "to choose by", "at least 10")
            try refuse(["--held-out", "three.jsonl"], saying: "3 questions", "held out", "at least 10")
            try place.write("unknown.jsonl", "{\"query\":\"q\",\"positive_id\":\"nobody\"}\n")
            try refuse(["--pairs", "unknown.jsonl"], saying: "unknown.jsonl:1", "nobody")
            try place.makeFolder("full")
            try place.write("full/letter.txt", "Dear")
            try refuse(["--to", "full"], saying: "letter.txt")
        }
    }
}
