import FoundationEssentials
import JSON
import TestSupport
import Testing

/// `lookup`, `tokenize`, `similarity`, `model` and `bench`.
@Suite struct InspectionTests {
    @Test func `look-up gives what embed gives, in the order of the ids`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let found = try place.succeed("lookup", "faq", "why", "時", "order", "why").json
            #expect(found.compactMap { $0["id"]?.string } == ["why", "時", "order", "why"])
            #expect(found.allSatisfy { $0.object?.keys == ["id", "text", "embedding"] })
            let texts = found.compactMap { $0["text"]?.string }
            #expect(texts == ["why not", "注文した商品はいつ来ますか", "cancel my order", "why not"])
            let stored = try found.map { try numbers(#require($0["embedding"])) }
            let vectors = try place.run(["embed"] + texts).vectors
            #expect(zip(stored.joined(), vectors.joined()).allSatisfy { abs($0 - $1) < 1e-6 })

            let npy = try place.succeed("lookup", "faq", "why", "order", "--format", "npy").output
            try place.write("two.npy", npy)
            #expect(try NumPyFile(place.path("two.npy")).values == stored[0] + stored[2])
            #expect(
                try floats(place.succeed("lookup", "faq", "order", "--format", "raw").output) == stored[2])
            _ = try place.succeed("lookup", "faq", "why", "--output", "why.jsonl")
            #expect(
                try place.read("why.jsonl") == place.succeed("lookup", "faq", "why").output)
        }
    }

    @Test func `alternates are looked up after their question`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let found = try place.succeed("lookup", "faq", "--alternates", "password", "why").json
            #expect(
                found.compactMap { $0["text"]?.string } == [
                    "how do i change my password", "cancel password", "where is my password", "why not",
                ])
        }
    }

    @Test func `tokenize shows what the model sees and what is cut`() throws {
        try withWorkplace { place in
            let found = try place.succeed("tokenize", "--json", "--max-length", "4", "how do i", "how").json
            #expect(
                found == [
                    [
                        "ids": [3, 383, 384, 4], "tokens": ["[CLS]", "how", "do", "[SEP]"],
                        "truncated": 1, "cut": ["i"],
                    ],
                    ["ids": [3, 383, 4], "tokens": ["[CLS]", "how", "[SEP]"], "truncated": 0, "cut": []],
                ])
            #expect(try place.succeed("tokenize", "how").text == "[CLS]·3 how·383 [SEP]·4\n")
            let prompted = try place.succeed("tokenize", "--json", "-m", "prompts", "--as", "query", "how")
            #expect(try prompted.text == place.succeed("tokenize", "--json", "query: how").text)
            try place.write("texts.txt", "how\n\nwhy")
            #expect(try place.succeed("tokenize", "--json", "--input", "texts.txt").lines.count == 3)
        }
    }

    @Test func `tokenize needs no weights`() throws {
        try withWorkplace { place in
            try place.copyModel("bert-mean", to: "model")
            let expected = try place.succeed("tokenize", "-m", "model", "how do i").text
            try FileManager.default.removeItem(atPath: place.path("model/model.safetensors"))
            #expect(try place.succeed("tokenize", "-m", "model", "how do i").text == expected)
        }
    }

    @Test func `similarity of texts is a symmetric matrix of cosines`() throws {
        try withWorkplace { place in
            let texts = ["cancel my order", "why not", "cancel my order"]
            let found = try place.run(["similarity", "--json"] + texts).json
            let matrix = try #require(found[0].array).map(numbers)
            let vectors = try place.run(["embed"] + texts).vectors
            #expect(found.count == 1 && matrix.map(\.count) == [3, 3, 3])
            for row in 0..<3 {
                for column in 0..<3 {
                    let cosine = zip(vectors[row], vectors[column]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
                    #expect(abs(matrix[row][column] - cosine) < 1e-5)
                    #expect(matrix[row][column] == matrix[column][row])
                }
            }
            let lines = try place.run(["similarity"] + texts).lines
            #expect(lines.count == 3 && lines[0].hasSuffix("  1.000  cancel my order"))
        }
    }

    @Test(arguments: [
        ("p.csv", "sentence1,sentence2\nwhy not,why not\nwhy,cancel\n"),
        ("p.tsv", "n\ttext_b\ttext_a\n1\twhy not\twhy not\n2\tcancel\twhy\n"),
        ("p.jsonl", #"{"query":"why not","positive":"why not"}"# + "\n" + #"{"question":"why","answer":"cancel"}"#),
    ])
    func `similarity of pairs is a score a line`(name: String, content: String) throws {
        try withWorkplace { place in
            try place.write(name, content)
            let scores = try place.succeed("similarity", "--pairs", name).json.compactMap(\.double)
            try #require(scores.count == 2)
            let matrix = try place.succeed("similarity", "--json", "why", "cancel").json[0]
            #expect(abs(scores[0] - 1) < 1e-6)
            #expect(abs(scores[1] - (try #require(matrix.array?[0].array?[1].double))) < 1e-5)
            let objects = try place.succeed("similarity", "--json", "--pairs", name).json
            #expect(objects.map { $0.object?.keys } == [["score"], ["score"]])
            #expect(objects.compactMap { $0["score"]?.double } == scores)
        }
    }

    @Test(arguments: [
        ("p.csv", "a,b\n1,2\n", ["p.csv:2: ", "sentence1 and sentence2", "there are: a, b"]),
        ("p.jsonl", "{\"query\":\"a\",\"positive\":1}\n", ["p.jsonl:1: ", "query, positive"]),
        ("p.csv", "", ["p.csv: "]), ("p.txt", "a", ["p.txt: "]),
    ])
    func `pairs that cannot be used are refused`(
        name: String, content: String, message: [String]
    ) throws {
        try withWorkplace { place in
            try place.write(name, content)
            try place.refuse(["similarity", "--pairs", name], saying: message)
        }
    }

    @Test func `model info tells the parts of a model`() throws {
        try withWorkplace { place in
            let info = try place.succeed("model", "info", "--json").json[0]
            #expect(
                info.object?.keys == [
                    "path", "architecture", "layers", "parameters", "dimensions", "maximum_length",
                    "vocabulary", "tokenizer", "pooling", "normalize", "prompts", "prompts_from",
                    "default_prompt", "precisions", "fingerprint",
                ])
            #expect(info["architecture"] == "bert" && info["layers"] == 3)
            #expect(info["dimensions"] == 48 && info["maximum_length"] == 48)
            #expect(info["vocabulary"] == 512 && info["pooling"] == ["mean"])
            #expect(info["normalize"] == true && info["prompts"] == [:])
            #expect(info["fingerprint"]?.string?.count == 64)
            let other = try place.succeed("model", "info", "prompts", "--json").json[0]
            #expect(other["prompts"] == ["query": "query: ", "passage": "passage: "])
            #expect(other["prompts_from"] == "folder")
            let ruri = try place.succeed("model", "info", "prompts", "--prompts", "ruri-v3", "--json").json[0]
            #expect(ruri["prompts"] == ["query": "検索クエリ: ", "passage": "検索文書: "])
            #expect(ruri["prompts_from"] == "ruri-v3" && ruri["fingerprint"] != other["fingerprint"])
            #expect(other["fingerprint"] != info["fingerprint"])
            let text = try place.succeed("model", "info").lines
            #expect(text.count == 15 && text.contains { $0 == "dimensions      48" })
        }
    }

    @Test func `model list names the models and marks the default`() throws {
        try withWorkplace { place in
            #expect(
                try place.succeed("model", "list").lines
                    == ["all-MiniLM-L6-v2  (default)", "prompts", "wide"])
            let list = try place.succeed("model", "list", "--json").json[0]
            #expect(list.array?.compactMap { $0["name"]?.string } == ["all-MiniLM-L6-v2", "prompts", "wide"])
            for model in list.array ?? [] {
                let path = try #require(model["path"]?.string)
                #expect(try place.succeed("model", "info", path, "--json").json[0]["path"] == .string(path))
            }
        }
    }

    @Test func `bench tells rates that follow from its own figures`() throws {
        try withWorkplace { place in
            try place.write("texts.txt", "how do i\ncancel\n")
            let bench = try place.succeed(
                "bench", "encode", "--json", "--repeat", "1", "--input", "texts.txt", "--precision", "f32"
            ).json[0]
            #expect(
                bench.object?.keys
                    == ["version", "onednn", "instructions", "model", "results", "single"])
            let result = try #require(bench["results"]?.array?.first)
            #expect(result["precision"] == "f32" && result["texts"] == 2 && result["tokens"] == 8)
            let seconds = try #require(result["seconds"]?["median"]?.double)
            let rate = try #require(result["tokens_per_second"]?.double)
            #expect(seconds > 0 && abs(rate * seconds - 8) < 1e-6)
            // Two short texts are far from it.
            #expect(try #require(result["limit_tokens_per_second"]?.double) > rate)
            let single = try #require(bench["single"]?.array?.first)
            #expect(try #require(single["median_ms"]?.double) >= #require(single["min_ms"]?.double))
            let table = try place.succeed("bench", "encode", "--repeat", "1", "--input", "texts.txt")
            #expect(table.lines.contains { $0.hasPrefix("f32 ") })
        }
    }

    @Test func `bench tokenize counts texts, bytes and tokens, none of them cut unless told`() throws {
        try withWorkplace { place in
            let long = String(repeating: "cancel ", count: 500)
            try place.write("texts.txt", "how do i\n\(long)\n")
            func bench(_ options: String...) throws -> JSONValue {
                let outcome = try place.run(["bench", "tokenize", "--json", "--repeat", "1", "--input", "texts.txt"] + options)
                try #require(outcome.status == 0)
                return try outcome.json[0]
            }
            let whole = try bench()
            #expect(whole.object?.keys == ["version", "model", "texts", "bytes", "tokens", "seconds", "tokens_per_second"])
            #expect(whole["texts"] == 2 && whole["bytes"] == .integer(8 + long.utf8.count))
            let shown = try place.succeed("tokenize", "--json", "how do i", "cancel").json
            let counts = shown.map { $0["ids"]?.array?.count ?? 0 }
            #expect(whole["tokens"] == .integer(counts[0] + 2 + 500 * (counts[1] - 2)))
            #expect(try bench("--max-length", "5")["tokens"] == .integer(counts[0] + 5))
            #expect(try place.succeed("bench", "tokenize", "--input", "texts.txt").lines.count == 3)
        }
    }
}
