import JSON
import Testing

@Suite struct TuneCommandTests {
    private let pairs = (0..<40).map { index in
        #"{"query": "how do i pay \#(index)", "positive": "pay my order \#(index)"}"# + "\n"
    }.joined()

    @Test func `settings are tried, ranked, and the best ones written for train`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs)
            try place.write("space.yaml", "rate: [1e-4, 1e-3]\npolicy: [random, model]\n")
            let options = [
                "tune", "--to", "search", "--space", "space.yaml", "--seeds", "2", "--json", "--pairs",
                "pairs.jsonl", "--epochs", "2", "--batch-size", "8",
            ]
            let outcome = try place.run(options)
            try #require(outcome.status == 0, "\(outcome.error)")
            let rows = try outcome.json
            #expect(rows.count == 4)
            #expect(rows[0]["epochs"]?.integer == 2 && rows[0]["seeds"]?.integer == 2)
            #expect(rows[3]["epochs"]?.integer == 1)
            // Again, nothing is left to try, and the answer is the same.
            let trials = try place.read("search/trials.jsonl")
            #expect(try place.run(options).text == outcome.text)
            #expect(try place.read("search/trials.jsonl") == trials)
            _ = try place.succeed("train", "--config", "search/best.yaml", "--to", "out")
        }
    }

    @Test func `flags may be searched, a configuration given, and the standard space fits few pairs`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs)
            try place.write("space.yaml", "learn-temperature: [true, false]\n")
            try place.write("base.yaml", "pairs: [pairs.jsonl]\nepochs: 1\nbatch-size: 8\n")
            let flags = try place.succeed(
                "tune", "--to", "a", "--space", "space.yaml", "--seeds", "1", "--json", "--config", "base.yaml")
            #expect(Set(try flags.json.compactMap { $0["learn-temperature"]?.string }) == ["true", "false"])
            let best = String(decoding: try place.read("a/best.yaml"), as: UTF8.self)
            #expect(best.contains("batch-size: 8\n") && best.contains("epochs: 1\n"))
            let standard = try place.succeed(
                "tune", "--to", "b", "--trials", "3", "--seeds", "1", "--json", "--pairs", "pairs.jsonl", "--epochs", "1")
            // 36 pairs are too few for batches of 48.
            #expect(try standard.json.allSatisfy { $0["batch-size"] == "32" })
        }
    }

    @Test func `what cannot be searched is refused`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs)
            try place.write("space.yaml", "rate: [0, 1e-3]\n")
            func refuse(_ arguments: String..., status: Int32 = 64, saying parts: String...) throws {
                try place.refuse(
                    ["tune", "--to", "search", "--pairs", "pairs.jsonl"] + arguments, status: status,
                    saying: parts)
            }
            try refuse("--space", "space.yaml", saying: "--rate")
            try place.write("large.yaml", "batch-size: [16, 64]\n")
            try refuse("--space", "large.yaml", status: 1, saying: "--batch-size: is 64", "36 training pairs")
            try refuse("--rate", "1e-3", saying: "--rate is in the space")
            try refuse("--minutes", "0", saying: "--minutes")
            try refuse("--no-such-option", saying: "--no-such-option")
            try refuse("--dev-fraction", "0", status: 1, saying: "no development pairs")
        }
    }
}
