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
            try place.write("whole.yaml", "pairs: [pairs.jsonl]\nto: whole\nbatch-size: 20\nepochs: 1\nallow-overlap: false\n")
            _ = try place.succeed("train", "--config", "whole.yaml", "--group-size", "15", "--quiet")
            #expect(try place.exists("whole/model.safetensors"))
            try place.refuse(["train", "--pairs", "pairs.jsonl"], status: 64, saying: ["give --to DIR"])
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

    /// Kills a training of the folder "out" behind a checkpoint of something learned.
    private func interrupt(_ place: Workplace, _ arguments: [String]) throws {
        for attempt in 1...60 {
            let outcome = try place.run(arguments, killedAfter: 0.1 * Double(attempt))
            try #require(outcome.status == 137, "\(outcome.error)")
            if try place.exists("out.partial/best.safetensors") { return }
        }
        Issue.record("no checkpoint came")
    }

    @Test func `a disk that fills leaves the last good checkpoint`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(80))
            let options = [
                "train", "--pairs", "pairs.jsonl", "--epochs", "100", "--rate", "1e-3", "--quiet",
                "--checkpoint-seconds", "0.02",
            ]
            let whole = try place.run(options + ["--to", "whole"])
            try #require(whole.status == 0, "\(whole.error)")
            try interrupt(place, options + ["--to", "out", "--resume"])
            let kept = try place.read("out.partial/checkpoint.safetensors")
            // The model's file has some 300 kB, a checkpoint three times as much.
            let full = try place.run(options + ["--to", "out", "--resume"], largestFile: 400_000)
            #expect(full.status == 1)
            #expect(full.error.contains("checkpoint.safetensors: cannot be written"))
            #expect(try place.read("out.partial/checkpoint.safetensors") == kept)
            #expect(try !place.exists("out"))
            let resumed = try place.run(options + ["--to", "out", "--resume"])
            #expect(resumed.status == 0, "\(resumed.error)")
            #expect(try place.read("out/model.safetensors") == place.read("whole/model.safetensors"))
        }
    }

    @Test func `a loss that is no number ends it, and only one trial of a search`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(40))
            let outcome = try place.run(
                "train", "--pairs", "pairs.jsonl", "--to", "out", "--temperature", "1e-39", "--quiet")
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("the loss of step 1 is not a number"))
            #expect(try !place.exists("out") && place.exists("out.partial/checkpoint.safetensors"))
            try place.write("space.yaml", "temperature: [1e-39, 0.1]\n")
            let search = try place.succeed(
                "tune", "--to", "search", "--space", "space.yaml", "--pairs", "pairs.jsonl", "--epochs", "1",
                "--seeds", "1", "--json")
            #expect(try search.json.map { $0["temperature"] } == ["0.1", "1e-39"])
            #expect(search.error.contains("the loss became no number in 1 epochs, temperature 1e-39"))
        }
    }

    @Test func `texts without labels are enough, as lines or as a corpus`() throws {
        try withWorkplace { place in
            try place.write("loose.txt", "how do i pay\n\nwhere is my card\nwhy\nwho is it\n")
            let lines = try place.succeed(
                "train", "--unlabelled", "loose.txt", "--to", "a", "--epochs", "3", "--json")
            #expect(try lines.json[0]["steps"]?.integer == 3)
            #expect(lines.error.contains("4 unlabelled texts"))
            try place.write("corpus.jsonl", smallCorpus)
            let corpus = try place.succeed(
                "train", "--unlabelled", "corpus.jsonl", "--to", "b", "--epochs", "1", "--json")
            // Five questions, three alternates, four answers.
            #expect(corpus.error.contains("12 unlabelled texts"))
            try place.refuse(
                ["train", "--unlabelled", "loose.txt", "--to", "c", "--batch-size", "5"],
                saying: ["--batch-size", "4 unlabelled texts"])
        }
    }

    @Test func `what was learned is told by the model's card, configuration and hashes`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(20))
            _ = try place.succeed("train", "--pairs", "pairs.jsonl", "--to", "a", "--epochs", "1", "--quiet")
            let card = String(decoding: try place.read("a/README.md"), as: UTF8.self)
            #expect(card.contains("18 pairs") && card.contains("From `pairs.jsonl`"))
            #expect(card.contains("| batch-size | 18 |") && card.contains("which training did not see"))
            let configuration = String(decoding: try place.read("a/training/config.yaml"), as: UTF8.self)
            for line in ["batch-size: 18\n", "group-size: 4\n", "metric: \"mrr\"\n", "model: \"all-MiniLM-L6-v2\"\n"] {
                #expect(configuration.contains(line))
            }
            #expect(!configuration.contains("threads: null") && !configuration.contains("max-length: null"))
            try place.write("more.jsonl", pairs(20, seed: 2))
            _ = try place.succeed(
                "train", "--pairs", "more.jsonl", "--model", "a", "--to", "b", "--epochs", "1", "--quiet",
                "--dev", "pairs.jsonl", "--allow-overlap")
            func hashes(_ folder: String) throws -> Set<Substring> {
                Set(String(decoding: try place.read("\(folder)/training/texts.sha256"), as: UTF8.self).split(separator: "\n"))
            }
            #expect(try hashes("a").count >= 36 && hashes("b").isStrictSuperset(of: hashes("a")))
        }
    }

    @Test func `development pairs that can judge no model are refused, or not held out`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs(20))
            try place.write("noes.csv", "query,positive,label\nnever,mind,0\nno,way,0\n")
            try place.refuse(
                ["train", "--pairs", "pairs.jsonl", "--dev", "noes.csv", "--to", "out"],
                saying: ["noes.csv: cannot judge a model: every label is 0"])
            try place.refuse(
                ["train", "--pairs", "pairs.jsonl", "--dev", "noes.csv", "--metric", "mrr", "--to", "out"],
                saying: ["noes.csv: cannot judge a model: no pair belongs together"])
            try place.write("same.csv", "query,positive,score\nnever,mind,0.5\n")
            try place.refuse(
                ["train", "--pairs", "pairs.jsonl", "--dev", "same.csv", "--metric", "spearman", "--to", "out"],
                saying: ["same.csv: cannot judge a model: all scores are equal"])
            try place.write("few.csv", "query,positive\na,b\nc,d\ne,f\n")
            let few = try place.succeed("train", "--pairs", "few.csv", "--to", "few", "--epochs", "1")
            #expect(few.error.contains("a share of 0.1 of 3 pairs is none; give --dev FILE to judge the model"))
            // Whichever pair is held out has one label.
            try place.write(
                "mixed.csv", "query,positive,label\n" + (0..<12).map { "how \($0),why \($0),\($0 % 2)\n" }.joined())
            let mixed = try place.succeed("train", "--pairs", "mixed.csv", "--to", "mixed", "--epochs", "1")
            #expect(mixed.error.contains("so there is nothing to be told apart; give --dev FILE"))
            #expect(mixed.error.contains("12 training pairs"))
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
            try refuse("--pairs", "ids.jsonl", "--corpus", "corpus.jsonl", saying: "ids.jsonl:1", "\"nowhere\"")
            try refuse("--pairs", "pairs.jsonl", "--pairs", "ids.jsonl", "--corpus", "corpus.jsonl", saying: "ids.jsonl:1")
            try place.write("marks.jsonl", #"{"query": "a", "positive": "b", "correct": 1e300}"# + "\n")
            try refuse("--pairs", "marks.jsonl", saying: "marks.jsonl:1", "expected yes or no")
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
            try place.refuse(
                options + ["--resume", "--mu", "0.1"], saying: ["differs in: mu (0.5 then, 0.1 now);"])
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
            #expect(try !place.exists("out.partial"))
            let former = try place.read("out/model.safetensors")

            // Interrupted, it goes on, and what it replaces is there until it is done.
            let long = options.map { $0 == "1" ? "300" : $0 } + ["--rate", "1e-3", "--checkpoint-seconds", "0.02"]
            let whole = try place.run(long.map { $0 == "out" ? "whole" : $0 })
            try #require(whole.status == 0, "\(whole.error)")
            try interrupt(place, long + ["--overwrite", "--resume"])
            #expect(try place.read("out/model.safetensors") == former)
            try place.refuse(long + ["--resume"], saying: ["give --overwrite beside --resume"])
            let resumed = try place.run(long + ["--resume", "--overwrite"])
            #expect(resumed.status == 0, "\(resumed.error)")
            #expect(try place.read("out/model.safetensors") == place.read("whole/model.safetensors"))
            #expect(try !place.exists("out.partial"))

            // What is no model is not replaced.
            try place.makeFolder("index")
            try place.write("index/data.mdb", "data")
            try place.refuse(
                ["train", "--pairs", "pairs.jsonl", "--to", "index", "--overwrite"],
                saying: ["index: is not the folder of a model"])
        }
    }
}
