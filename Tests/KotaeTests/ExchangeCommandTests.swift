import FoundationEssentials
import JSON
import Testing

/// `kotae index export` and `kotae index import`.
@Suite struct ExchangeCommandTests {
    @Test func `what is exported with vectors and imported exports to the same bytes`() throws {
        try withWorkplace { place in
            try place.write("corpus.jsonl", smallCorpus)
            _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl", "--embed-answers")
            let note = try place.succeed("index", "export", "faq", "--vectors", "-o", "faq.jsonl").error
            #expect(note.contains("faq.jsonl: 5 documents"))
            let imported = try place.succeed("index", "import", "copy", "faq.jsonl").error
            #expect(imported.contains("copy: 5 documents added, 0 replaced (0 embedded"))
            #expect(try place.succeed("index", "export", "copy", "--vectors").output == place.read("faq.jsonl"))
            let query = ["search", "faq", "--json", "cancel it"]
            let answer = try place.run(query).text
            #expect(try place.run(["search", "copy", "--json", "cancel it"]).text == answer)
        }
    }

    @Test func `an export from standard input is added to an index`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let export = try place.succeed("index", "export", "faq").text
            let added = try place.succeed("index", "import", "faq", "-", input: export).error
            #expect(added.contains("faq: 0 documents added, 5 replaced (0 embedded"))
            #expect(try place.succeed("index", "export", "faq").text == export)
            #expect(try place.succeed("index", "import", "faq", "-", "-q", input: export).error == "")
        }
    }

    @Test func `vectors of another model are refused with file, line and field`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            _ = try place.succeed("index", "export", "faq", "--vectors", "-o", "faq.jsonl")
            try place.refuse(
                ["index", "import", "copy", "faq.jsonl", "--model", "prompts"],
                saying: ["faq.jsonl:1: ", "\"model.fingerprint\""])
            try place.refuse(
                ["index", "import", "copy", "faq.jsonl", "--max-length", "32"],
                saying: ["faq.jsonl:1: ", "\"model.fingerprint\""])
            try place.refuse(["index", "import", "copy", "none.jsonl"], saying: ["none.jsonl: "])
        }
    }

    @Test func `options for a new folder are wrong usage where there is an index`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            _ = try place.succeed("index", "export", "faq", "--vectors", "-o", "faq.jsonl")
            for option in [["--precision", "f32"], ["--max-length", "32"], ["--factory", "Flat"], ["--embed-answers"]] {
                try place.refuse(
                    ["index", "import", "faq", "faq.jsonl"] + option, status: 64, saying: [option[0], "new folder"])
            }
            try place.refuse(
                ["index", "import", "new", "faq.jsonl", "--embed-answers"], status: 64, saying: ["--embed-answers"])
        }
    }
}
