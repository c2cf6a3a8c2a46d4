import FoundationEssentials
import Glibc
import JSON
import Testing

/// What corpora are accepted, and what a build leaves behind.
@Suite struct IndexBuildTests {
    /// The documents of an index by the only way that shows them all.
    private func documents(_ place: Workplace, _ folder: String = "faq") throws -> [String: JSONValue] {
        let found = try place.succeed("search", folder, "-k", "1000", "--json", "x").json[0]
        let hits = try #require(found["hits"]?.array)
        return Dictionary(uniqueKeysWithValues: hits.compactMap { hit in
            hit["id"]?.string.map { ($0, hit) }
        })
    }

    private func passages(_ place: Workplace, _ id: String) throws -> [String] {
        try place.succeed("lookup", "faq", id, "--alternates").json.compactMap { $0["text"]?.string }
    }

    @Test func `a CSV with a byte order mark and quotes across lines`() throws {
        try withWorkplace { place in
            try place.write(
                "faq.csv",
                "\u{FEFF}id,question,alternates,answer,team\r\n"
                    + "1,\"how do I\nchange, my \"\"password\"\"\",can I | what,\"one\r\n\r\ntwo\",A\r\n"
                    + "2,cancel,\"[\"\"who | why\"\", \"\"when\"\"]\",,B\r\n3,why,,no,\r\n")
            _ = try place.succeed("index", "build", "faq", "--corpus", "faq.csv")
            let found = try documents(place)
            #expect(found.keys.sorted() == ["1", "2", "3"])
            #expect(found["1"]?["question"] == "how do I\nchange, my \"password\"")
            #expect(found["1"]?["answer"] == "one\r\n\r\ntwo")
            #expect(found["1"]?["fields"] == ["team": "A"])
            #expect(found["2"]?["answer"] == "")
            #expect(try passages(place, "1").dropFirst() == ["can I", "what"])
            #expect(try passages(place, "2") == ["cancel", "who | why", "when"])
            #expect(try passages(place, "3") == ["why"])
        }
    }

    @Test func `an index remembers the prompts that it was built with`() throws {
        try withWorkplace { place in
            try place.write("faq.jsonl", smallCorpus)
            _ = try place.succeed("index", "build", "faq", "--corpus", "faq.jsonl", "--prompts", "e5")
            #expect(try place.succeed("index", "info", "faq", "--json").json[0]["model"]?["prompts"] == "e5")
            func embedding(as role: String, prompts: String) throws -> [Float] {
                try numbers(place.succeed("embed", "--prompts", prompts, "--as", role, "why not").json[0])
            }
            let stored = try numbers(place.succeed("lookup", "faq", "why").json[0]["embedding"] ?? .null)
            #expect(try stored == embedding(as: "passage", prompts: "e5"))
            #expect(try stored != embedding(as: "passage", prompts: "none"))
            let hits = try place.succeed("search", "faq", "--json", "why not").json[0]["hits"]?.array
            let score = try #require(hits?.first { $0["id"] == "why" }?["score"]?.double)
            let cosine = try zip(stored, embedding(as: "query", prompts: "e5")).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(score - Double(cosine)) < 1e-5)
            try place.refuse(
                ["index", "build", "b", "--corpus", "faq.jsonl", "--prompts", "e6"], status: 64, saying: ["e5", "ruri-v3"])
        }
    }

    @Test func `a corpus from standard input`() throws {
        try withWorkplace { place in
            _ = try place.succeed("index", "build", "faq", "--corpus", "-", input: smallCorpus)
            #expect(try documents(place).keys.sorted() == ["order", "password", "twin", "why", "時"])
        }
    }

    @Test(arguments: [
        ("a.jsonl", "{\"question\":\"how\"}\n\n{\"question\":\"why\"}\n", ["1", "2"]),
        ("a.tsv", "question\tanswer\nhow\tx\nwhy\ty\n", ["1", "2"]),
        ("a.jsonl", "{\"id\":7,\"question\":\"how\"}\n{\"id\":-1,\"question\":\"why\"}\n", ["-1", "7"]),
        ("a.ndjson", "{\"_id\":\"a\",\"title\":\"how\"}\n{\"_id\":\"b\",\"title\":\"why\"}", ["a", "b"]),
        ("a.csv", "番号,質問,回答\n十,商品,明日\n二,返送,今日\n", ["十", "二"].sorted()),
    ])
    func `ids are those of the corpus or numbers`(name: String, content: String, ids: [String]) throws {
        try withWorkplace { place in
            try place.write(name, content)
            _ = try place.succeed("index", "build", "faq", "--corpus", name)
            #expect(try documents(place).keys.sorted() == ids)
        }
    }

    @Test func `Japanese names of columns are known`() throws {
        try withWorkplace { place in
            try place.write("faq.csv", "番号,質問,言い換え,回答,部署\nA-1,注文,料金|返送,明日,電話\n")
            _ = try place.succeed("index", "build", "faq", "--corpus", "faq.csv")
            let found = try #require(documents(place)["A-1"])
            #expect(found["question"] == "注文" && found["answer"] == "明日")
            #expect(found["fields"] == ["部署": "電話"])
            #expect(try passages(place, "A-1") == ["注文", "料金", "返送"])
        }
    }

    @Test func `options name the fields`() throws {
        try withWorkplace { place in
            try place.write(
                "export",
                #"{"id":1,"n":"x1","question":"no","ask":"how do i","also":["can i"],"say":"so"}"# + "\n")
            _ = try place.succeed(
                "index", "build", "faq", "--corpus", "export", "--format", "jsonl", "--id-field", "n",
                "--question-field", "ask", "--alternates-field", "also", "--answer-field", "say")
            let found = try #require(documents(place)["x1"])
            #expect(found["question"] == "how do i" && found["answer"] == "so")
            #expect(found["fields"] == ["id": 1, "question": "no"])
            #expect(try passages(place, "x1") == ["how do i", "can i"])
        }
    }

    @Test func `a folder keeps what else is in it`() throws {
        try withWorkplace { place in
            try FileManager.default.createDirectory(
                atPath: place.path("faq"), withIntermediateDirectories: false)
            try place.write("faq/notes.txt", "mine")
            try place.buildSmallIndex()
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: place.path("faq")).sorted()
                    == ["data.mdb", "index.json", "lock.mdb", "notes.txt", "vectors.faiss"])
            #expect(try place.read("faq/notes.txt") == Array("mine".utf8))
        }
    }

    @Test func `a build tells what it embedded and what had a vector`() throws {
        try withWorkplace { place in
            try place.write("corpus.jsonl", smallCorpus)
            let build = { try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl").error }
            // "cancel my order" stands in two documents.
            let first = try build()
            #expect(first.contains("faq: 5 documents, 8 questions and alternates"))
            #expect(first.contains("(7 embedded, 1 had a vector)"))
            let answers = try place.succeed("search", "faq", "--json", "why", "my order").text
            #expect(try build().contains("(0 embedded, 8 had a vector)"))
            #expect(try place.succeed("search", "faq", "--json", "why", "my order").text == answers)

            try place.write("corpus.jsonl", smallCorpus + "{\"id\":\"new\",\"question\":\"when\"}\n")
            #expect(try build().contains("(1 embedded, 8 had a vector)"))
            #expect(try documents(place).count == 6)
            try place.write("corpus.jsonl", "{\"id\":\"new\",\"question\":\"when\"}\n")
            #expect(try build().contains("(0 embedded, 1 had a vector)"))
            #expect(try Array(documents(place).keys) == ["new"])
            #expect(try place.run("index", "build", "faq", "--corpus", "corpus.jsonl", "-q").error == "")
        }
    }

    @Test func `index json says what was built`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let manifest = try JSONValue(
                parsing: String(decoding: place.read("faq/index.json"), as: UTF8.self))
            #expect(manifest["format"] == 2 && manifest["generation"] == 1)
            #expect(manifest["dimensions"] == 48 && manifest["metric"] == "cosine")
            #expect(manifest["counts"] == ["documents": 5, "passages": 8, "vectors": 7])
            #expect(manifest["model"]?["name"] == "all-MiniLM-L6-v2")
            let info = try place.succeed("model", "info", "--json").json[0]
            #expect(manifest["model"]?["fingerprint"] == info["fingerprint"])
        }
    }

    @Test func `long texts are counted`() throws {
        try withWorkplace { place in
            let long = String(repeating: "how ", count: 100)
            try place.write("c.jsonl", "{\"question\":\"\(long)\"}\n{\"question\":\"why\"}\n")
            let error = try place.succeed("index", "build", "faq", "--corpus", "c.jsonl").error
            #expect(error.contains("1 texts were longer than 48 tokens and were cut there"))
        }
    }
}
