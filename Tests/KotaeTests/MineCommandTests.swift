import JSON
import Testing

@Suite struct MineCommandTests {
    private let pairs = """
        {"query": "change it", "positive": "how do i change my password"}
        {"query": "cancel it", "positive_id": "order"}

        """

    @Test func `negatives are written beside their pairs, and train reads them`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs)
            try place.write("corpus.jsonl", smallCorpus)
            let outcome = try place.succeed(
                "mine", "--pairs", "pairs.jsonl", "--corpus", "corpus.jsonl", "--count", "2",
                "--relative-margin", "0", "--margin=-2", "--output", "mined.jsonl")
            #expect(outcome.error.contains("4 negatives for 2 pairs, of which 0 have none"))
            #expect(outcome.text == "")
            let text = String(decoding: try place.read("mined.jsonl"), as: UTF8.self)
            let lines = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
            #expect(lines.map { $0["query"]?.string } == ["change it", "cancel it"])
            // All three texts of the first document are known to be correct.
            let first = lines[0]["negatives"]?.array?.compactMap(\.string) ?? []
            #expect(first.count == 2 && first.allSatisfy { !$0.contains("password") })
            // The second document's text is another's alternate, so that one is correct too.
            #expect(lines[1]["negatives"]?.array?.contains("cancel my order") == false)
            _ = try place.succeed(
                "train", "--pairs", "mined.jsonl", "--corpus", "corpus.jsonl", "--dev-fraction", "0",
                "--epochs", "1", "--to", "out")
        }
    }

    @Test func `raw questions become a sheet of their five nearest documents`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("asked.txt", "why not\n\nwhere is it\n")
            let outcome = try place.succeed(
                "mine", "--questions", "asked.txt", "--index", "faq", "--review", "--quiet")
            let rows = outcome.text.split(separator: "\r\n")
            #expect(rows.count == 1 + 2 * 5)
            #expect(rows[0] == "\u{FEFF}query,positive_id,positive,score,answer,correct")
            #expect(rows[1].hasPrefix("why not,why,why not,"))
            let marked = rows.map { row in
                row.contains(",why,") || row.contains(",order,") ? row + "yes" : row
            }
            try place.write("sheet.csv", marked.joined(separator: "\n"))
            let trained = try place.succeed(
                "train", "--pairs", "sheet.csv", "--corpus", "corpus.jsonl", "--dev-fraction", "0",
                "--epochs", "1", "--to", "out")
            #expect(trained.error.contains("4 training pairs"))
        }
    }

    @Test func `what cannot be mined is refused`() throws {
        try withWorkplace { place in
            try place.write("pairs.jsonl", pairs)
            try place.write("zeros.csv", "query,positive,label\na,b,0\n")
            try place.refuse(["mine"], status: 64, saying: ["--pairs"])
            try place.refuse(["mine", "--questions", "a.txt"], status: 64, saying: ["--index"])
            try place.refuse(["mine", "--pairs", "pairs.jsonl", "--count", "0"], status: 64, saying: ["--count"])
            try place.refuse(
                ["mine", "--pairs", "pairs.jsonl", "--from-rank", "9", "--to-rank", "2"], status: 64,
                saying: ["from 9 to 2"])
            try place.refuse(["mine", "--pairs", "pairs.jsonl"], saying: ["\"order\"", "--corpus"])
            try place.refuse(["mine", "--pairs", "zeros.csv"], saying: ["no pair belongs together"])
        }
    }
}
