import Testing

/// Spreadsheets in Japan write CP932: whatever file of texts a command takes, `--encoding` is for it.
@Suite struct TextFileEncodingTests {
    /// A command, its files in UTF-8 and, by an X in place of 商品, where CP932 has other bytes.
    struct Case: CustomTestStringConvertible {
        let command: [String]
        let file: (name: String, text: String)
        var testDescription: String { command.joined(separator: " ") }
    }

    static let cases = [
        Case(
            command: ["similarity", "--pairs", "asked.csv"],
            file: ("asked.csv", "sentence1,sentence2\nX,why not\n")),
        Case(
            command: ["mine", "--questions", "asked.txt", "--index", "faq", "--review"],
            file: ("asked.txt", "why not\nX\n")),
        Case(
            command: ["mine", "--pairs", "asked.csv", "--corpus", "corpus.jsonl"],
            file: ("asked.csv", "query,docid\nwhy X,why\n")),
        Case(
            command: ["evaluate", "faq", "--queries", "asked.csv", "--qrels", "qrels.txt", "--json", "--no-intervals"],
            file: ("asked.csv", "id,text\n1,why X\n")),
        Case(
            command: [
                "calibrate", "faq", "--pairs", "pairs.csv", "--unanswerable", "asked.txt", "--json", "--dry-run",
                "--precision", "0.1", "--confidence", "0.1",
            ],
            file: ("asked.txt", "X\nwho\n")),
        Case(
            command: ["embed", "--input", "asked.txt"],
            file: ("asked.txt", "X\n")),
        Case(
            command: ["tokenize", "--input", "asked.txt"],
            file: ("asked.txt", "X\n")),
    ]

    /// What all files of one command have to be in one encoding for.
    private static let corpus = """
        {"id":"password","question":"how do i change my password","alternates":["where is my password"]}
        {"id":"order","question":"cancel my order"}
        {"id":"why","question":"why not"}
        {"id":"twin","question":"who is in it"}

        """

    private func buildIndex(_ place: Workplace) throws {
        try place.write("corpus.jsonl", Self.corpus)
        _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl")
    }

    private static let cp932: [UInt8] = [0x8F, 0xA4, 0x95, 0x69]

    private func bytes(_ text: String, _ word: [UInt8]) -> [UInt8] {
        Array(text.utf8).flatMap { $0 == UInt8(ascii: "X") ? word : [$0] }
    }

    @Test(arguments: cases) func `a file in CP932 is read as the same in UTF-8`(_ item: Case) throws {
        try withWorkplace { place in
            try buildIndex(place)
            try place.write("qrels.txt", "1 0 why 1\n")
            try place.write("pairs.csv", "query,docid\nwhy not now,why\ncancel it,order\nwhose is it,twin\n")
            try place.write(item.file.name, bytes(item.file.text, Array("商品".utf8)))
            let expected = try place.run(item.command)
            try #require(expected.status == 0, "\(expected.error)")
            try place.write(item.file.name, bytes(item.file.text, Self.cp932))
            let found = try place.run(item.command + ["--encoding", "cp932"])
            #expect(found.status == 0, "\(found.error)")
            #expect(!found.output.isEmpty && found.output == expected.output)
            try place.refuse(item.command, saying: [item.file.name, "--encoding cp932"])
        }
    }

    @Test func `training reads queries and unlabelled texts in CP932`() throws {
        try withWorkplace { place in
            try place.write("corpus.jsonl", Self.corpus)
            try place.write("qrels.txt", "1 0 why 1\n2 0 order 1\n3 0 twin 1\n")
            func train(_ folder: String, _ word: [UInt8], _ options: [String]) throws -> [UInt8] {
                try place.write("asked.csv", bytes("id,text\n1,why X\n2,cancel X\n3,whose X\n", word))
                try place.write("loose.txt", bytes("X\nwho is X\nwhere\n", word))
                let outcome = try place.run(
                    ["train", "--queries", "asked.csv", "--qrels", "qrels.txt", "--corpus", "corpus.jsonl"]
                        + ["--unlabelled", "loose.txt", "--dev-fraction", "0"]
                        + ["--batch-size", "3", "--epochs", "1", "--to", folder] + options)
                try #require(outcome.status == 0, "\(outcome.error)")
                return try place.read("\(folder)/model.safetensors")
            }
            let expected = try train("utf-8", Array("商品".utf8), [])
            #expect(try train("cp932", Self.cp932, ["--encoding", "cp932"]) == expected)
        }
    }
}
