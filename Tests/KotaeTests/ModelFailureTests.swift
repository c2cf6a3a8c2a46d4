import FoundationEssentials
import Testing

/// Models that are not there or are damaged: a message that names the file, and nothing on disk.
@Suite struct ModelFailureTests {
    @Test(arguments: ["nope", "/nope/at/all", "../models/nope"])
    func `an unknown model is refused with the names there are`(name: String) throws {
        try withWorkplace { place in
            try place.write("corpus.jsonl", smallCorpus)
            for command in [
                ["embed", "a"], ["embed", "a", "--output", "a.json"], ["tokenize", "a"],
                ["similarity", "a", "b"], ["bench", "encode"],
                ["index", "build", "faq", "--corpus", "corpus.jsonl"],
            ] {
                try place.refuse(
                    command + ["--model", name],
                    saying: ["Error: \(name): ", "there are: all-MiniLM-L6-v2, prompts, wide"])
            }
            try place.refuse(["model", "info", name], saying: ["Error: \(name): "])
        }
    }

    @Test(arguments: ["config.json", "tokenizer.json", "model.safetensors", "1_Pooling/config.json"])
    func `a missing file of a model is named`(file: String) throws {
        try withWorkplace { place in
            try place.copyModel("bert-mean", to: "model")
            try FileManager.default.removeItem(atPath: place.path("model/\(file)"))
            try place.write("corpus.jsonl", smallCorpus)
            try place.refuse(["embed", "--model", "model", "a"], saying: ["Error: model/\(file): "])
            try place.refuse(
                ["index", "build", "faq", "--corpus", "corpus.jsonl", "--model", "model"],
                saying: ["Error: model/\(file): "])
        }
    }

    @Test(arguments: [0, 1, 7, 8, 9, 1000, 5632, 200_003, -1])
    func `weights that are cut off are refused`(size: Int) throws {
        try withWorkplace { place in
            try place.copyModel("bert-mean", to: "model")
            let whole = try place.read("model/model.safetensors")
            let kept = size < 0 ? whole.count + size : size
            try place.write("model/model.safetensors", Array(whole[..<kept]))
            try place.refuse(
                ["embed", "--model", "model", "a", "--output", "a.npy", "--format", "npy"],
                saying: ["Error: model/model.safetensors: "])
        }
    }

    @Test(arguments: [
        (#""intermediate_size": 96"#, #""intermediate_size": 97"#,
            ["model/model.safetensors", "intermediate.dense.weight", "[96, 48]", "[97, 48]"]),
        (#""vocab_size": 512"#, #""vocab_size": 513"#, ["model/model.safetensors", "word_embeddings"]),
        (#""vocab_size": 512"#, #""vocab_size": 511"#,
            ["model/tokenizer.json", "has ids up to 511", "vocab_size is 511"]),
        (#""num_hidden_layers": 3"#, #""num_hidden_layers": 4"#,
            ["model/model.safetensors", "encoder.layer.3."]),
        (#""num_attention_heads": 4"#, #""num_attention_heads": 5"#,
            ["model/config.json", "num_attention_heads"]),
        (#""model_type": "bert""#, #""model_type": "llama""#,
            ["model/config.json", "architecture \"llama\" is not supported", "bert"]),
        (#""hidden_act": "gelu""#, #""hidden_act": "swish""#, ["model/config.json", "swish"]),
        (#""hidden_size": 48,"#, "", ["model/config.json", "hidden_size"]),
        ("{", "[", ["model/config.json"]),
    ])
    func `a configuration that the weights or Kotae do not follow is refused`(
        text: String, replacement: String, message: [String]
    ) throws {
        try withWorkplace { place in
            try place.copyModel("bert-mean", to: "model")
            let config = String(decoding: try place.read("model/config.json"), as: UTF8.self)
            try #require(config.contains(text))
            try place.write("model/config.json", config.replacing(text, with: replacement))
            try place.refuse(["embed", "--model", "model", "a"], saying: message)
        }
    }

    @Test func `a model without prompts refuses none and one with prompts applies them`() throws {
        try withWorkplace { place in
            let plain = try place.succeed("embed", "cancel").vectors
            #expect(try place.succeed("embed", "cancel", "--as", "query").vectors == plain)
            let embed = { (arguments: [String]) in
                try place.run(["embed", "--model", "prompts"] + arguments).vectors
            }
            let query = try embed(["cancel", "--as", "query"])
            #expect(try query == embed(["query: cancel"]))
            #expect(try embed(["cancel", "--as", "passage"]) == embed(["passage: cancel"]))
            #expect(try query != embed(["cancel"]))
        }
    }
}
