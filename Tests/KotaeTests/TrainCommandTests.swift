import FoundationEssentials
import JSON
import TestSupport
import Testing

/// Pairs that the tiny model can learn: both texts are of the same few words.
private func pairs(_ count: Int, seed: UInt64 = 1) -> String {
    let words = ["password", "order", "account", "pay", "parcel", "return", "open", "close", "help", "card"]
    let others = ["how", "do", "i", "can", "what", "where", "when", "my", "the", "today"]
    var random = SplitMix64(seed: seed)
    func pick(_ list: [String]) -> String { list[Int.random(in: list.indices, using: &random)] }
    return (0..<count).map { index in
        let (a, b) = (pick(words), pick(words))
        return #"{"query": "\#(pick(others)) \#(a) \#(pick(others)) \#(b) \#(index)", "positive": "\#(b) \#(a) \#(pick(others)) \#(index)"}"#
            + "\n"
    }.joined()
}

@Suite struct TrainCommandTests {
    @Test func `the short command trains, judges and leaves a model that other commands load`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(80))
            let outcome = try place.succeed(
                "train", "--pairs", "pairs.jsonl", "--to", "out", "--rate", "1e-3", "--epochs", "4")
            #expect(outcome.text.contains("MRR on 8 development items"))
            #expect(outcome.text.contains("before  0."))
            #expect(outcome.error.contains("72 training pairs: 72 belong together"))
            #expect(outcome.error.contains("(base model)"))
            let vector = try place.succeed("embed", "--model", "out", "how do i pay")
            #expect(try vector.vectors != place.succeed("embed", "how do i pay").vectors)
            try place.write("corpus.jsonl", smallCorpus)
            _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl", "--model", "out")
            #expect(try place.succeed("search", "faq", "--model", "out", "why").text.contains("why"))
        }
    }

    @Test func `its configuration reproduces it, and flags override`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(40))
            _ = try place.succeed(
                "train", "--pairs", "pairs.jsonl", "--to", "a", "--rate", "1e-3", "--epochs", "2",
                "--no-symmetric", "--policy", "random", "--seed", "7", "--quiet")
            _ = try place.succeed("train", "--config", "a/training/config.yaml", "--to", "b", "--quiet")
            #expect(try place.read("a/model.safetensors") == place.read("b/model.safetensors"))
            #expect(try place.read("a/training/log.jsonl") == place.read("b/training/log.jsonl"))
            _ = try place.succeed(
                "train", "--config", "a/training/config.yaml", "--to", "c", "--seed", "8", "--quiet")
            #expect(try place.read("a/training/log.jsonl") != place.read("c/training/log.jsonl"))
            try place.write("bad.yaml", "pairs: [pairs.jsonl]\nepoch: 3\n")
            try place.refuse(
                ["train", "--config", "bad.yaml", "--to", "d"], status: 64, saying: ["--epoch"])
            try place.write("worse.yaml", "pairs: {a: 1}\n")
            try place.refuse(
                ["train", "--config", "worse.yaml", "--to", "d"], status: 64, saying: ["worse.yaml:1", "pairs"])
        }
    }

    @Test func `its result is told as JSON`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(40))
            let outcome = try place.succeed(
                "train", "--pairs", "pairs.jsonl", "--to", "out", "--epochs", "1", "--json", "--quiet")
            let result = try #require(try outcome.json.first)
            #expect(result["metric"] == "mrr")
            #expect(result["steps"]?.integer == 2)
            #expect(result["before"]?.double != nil && result["after"]?.double != nil)
            #expect(outcome.error == "")
        }
    }

    @Test func `killed at any moment and resumed, it ends with the same bits`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(200))
            let options = [
                "train", "--pairs", "pairs.jsonl", "--epochs", "60", "--rate", "1e-3", "--quiet",
                "--batch-size", "8", "--checkpoint-seconds", "0.02",
            ]
            let whole = try place.run(options + ["--to", "whole"])
            try #require(whole.status == 0, "\(whole.error)")
            var random = SplitMix64(seed: 20)
            var kills = 0
            // Each goes a little further than the one before; the last one runs to its end.
            while kills < 20 {
                let seconds = Double.random(in: 0.05..<0.4, using: &random)
                let outcome = try place.run(
                    options + ["--to", "out", "--resume"], killedAfter: seconds)
                if outcome.status == 0 { break }
                try #require(outcome.status == 137, "\(outcome.error)")
                kills += 1
                // The folder gets its name when all is in it; what is left to be done then is to end.
                if try place.exists("out") { break }
            }
            if try !place.exists("out") {
                let last = try place.run(options + ["--to", "out", "--resume"])
                try #require(last.status == 0, "\(last.error)")
            }
            #expect(kills >= 3)
            #expect(try place.read("out/model.safetensors") == place.read("whole/model.safetensors"))
            #expect(try place.read("out/training/log.jsonl") == place.read("whole/training/log.jsonl"))
        }
    }

    @Test func `a disk that fills leaves the last good checkpoint`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(40))
            let options = ["train", "--pairs", "pairs.jsonl", "--to", "out", "--epochs", "2", "--quiet"]
            // The model's file has some 300 kB, a checkpoint three times as much.
            let outcome = try place.run(options, largestFile: 400_000)
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("checkpoint.safetensors: cannot be written"))
            #expect(try !place.exists("out"))
            let resumed = try place.run(options + ["--resume"])
            #expect(resumed.status == 0, "\(resumed.error)")
        }
    }

    @Test func `what does not fit the data is refused`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(20))
            try place.write("one.jsonl", pairs(1))
            try place.write("none.jsonl", "")
            try place.write("zeros.csv", "query,positive,label\na,b,0\nc,d,0\ne,f,0\n")
            try place.write("words.csv", "query,positive,label\na,b,maybe\n")
            try place.write("nan.csv", "query,positive,score\na,b,nan\n")
            try place.write("columns.csv", "left,right\na,b\n")
            try place.write("ids.jsonl", #"{"query": "a", "positive_id": "nowhere"}"# + "\n")
            try place.write("corpus.jsonl", smallCorpus)
            func refuse(_ arguments: String..., status: Int32 = 1, saying parts: String...) throws {
                try place.refuse(["train", "--to", "out"] + arguments, status: status, saying: parts)
            }
            try refuse("--pairs", "none.jsonl", saying: "none.jsonl", "no pairs")
            try refuse("--pairs", "one.jsonl", saying: "there is one pair")
            try refuse("--pairs", "zeros.csv", "--dev-fraction", "0", saying: "every label is 0")
            try refuse("--pairs", "words.csv", saying: "words.csv:2", "\"label\"", "--score-field")
            try refuse("--pairs", "nan.csv", saying: "nan.csv:2", "finite")
            try refuse("--pairs", "columns.csv", saying: "columns.csv:2", "\"left\", \"right\"")
            try refuse("--pairs", "ids.jsonl", "--corpus", "corpus.jsonl", saying: "\"nowhere\"")
            try refuse("--pairs", "missing.jsonl", saying: "missing.jsonl")
            try refuse("--pairs", "pairs.jsonl", "--batch-size", "500", saying: "--batch-size", "18 training pairs")
            try refuse("--pairs", "pairs.jsonl", "--dev", "pairs.jsonl", saying: "both training and development", "--allow-overlap")
            try refuse("--pairs", "pairs.jsonl", "--temperature", "0", status: 64, saying: "--temperature")
            try refuse("--pairs", "pairs.jsonl", "--temperature=-1", status: 64, saying: "--temperature")
            try refuse("--pairs", "pairs.jsonl", "--mu", "1.5", status: 64, saying: "--mu")
            try refuse(
                "--pairs", "pairs.jsonl", "--group-size", "9", "--batch-size", "8", status: 64,
                saying: "--group-size", "at most the batch size")
            try refuse("--pairs", "pairs.jsonl", "--dropout", "1", status: 64, saying: "--dropout")
            try refuse(status: 64, saying: "nothing to learn from")
            try place.write("out", "in the way")
            try refuse("--pairs", "pairs.jsonl", saying: "out: exists already", "--overwrite")
        }
    }

    @Test func `a resumption with other settings or data is refused`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(40))
            let options = ["train", "--pairs", "pairs.jsonl", "--to", "out", "--epochs", "400", "--quiet"]
            _ = try place.run(options, killedAfter: 1)
            try #require(try place.exists("out.partial/checkpoint.safetensors"))
            try place.refuse(options, saying: ["out.partial", "--resume"])
            try place.refuse(options + ["--resume", "--mu", "0.1"], saying: ["differs in: settings;"])
            try place.write("pairs.jsonl", pairs(40, seed: 2))
            try place.refuse(options + ["--resume"], saying: ["differs in:", "training pairs"])
        }
    }

    @Test func `a finished model is replaced only where asked, and whole`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(40))
            let options = ["train", "--pairs", "pairs.jsonl", "--to", "out", "--epochs", "1", "--quiet"]
            try #require(try place.run(options).status == 0)
            try place.refuse(options, saying: ["out: exists already"])
            let again = try place.run(options + ["--overwrite", "--seed", "2"])
            #expect(again.status == 0, "\(again.error)")
            #expect(try !place.exists("out.partial") && !place.exists("out.former"))
        }
    }
}
