import JSON
import Testing

/// `kotae index add`: what it tells, and when. What an addition does to an index is in
/// SemanticSearchTests.
@Suite struct IndexAddTests {
    @Test func `adds each document by itself and prints a line for it`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let added = try place.succeed(
                "index", "add", "faq", "--corpus", "-", "--each",
                input: """
                    {"id":"new","question":"a new order"}
                    {"id":"order","question":"cancel an order"}

                    {"id":"new","question":"a newer order"}
                    """)
            #expect(
                try added.json == [
                    ["id": "new", "replaced": false], ["id": "order", "replaced": true],
                    ["id": "new", "replaced": true],
                ])
            let documents = try place.succeed("index", "list", "faq", "--json").json
            #expect(documents.count == 6)
            #expect(documents.contains { $0["id"] == "new" && $0["question"] == "a newer order" })
            #expect(try place.succeed("index", "verify", "faq").text.contains("faq is whole"))
        }
    }

    @Test(arguments: [
        (#"{"question":"a document without an id"}"#, #"no field for the id ("id", "_id""#),
        (#"{"id":"bad"}"#, "no field for the question"), ("{", "the end of the text where a key"),
    ])
    func `an error names the line, and what was told before stays added`(line: String, reason: String) throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let outcome = try place.run(
                "index", "add", "faq", "--corpus", "-", "--each",
                input: #"{"id":"new","question":"a new order"}"# + "\n\(line)\n" + #"{"id":"x","question":"y"}"# + "\n")
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("standard input:2") && outcome.error.contains(reason))
            #expect(try outcome.json == [["id": "new", "replaced": false]])
            #expect(try place.succeed("index", "list", "faq", "--json").json.count == 6)
        }
    }

    @Test func `tells of the folding that follows many documents`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write(
                "new.jsonl", (0..<300).map { #"{"id":"\#($0)","question":"order \#($0)"}"# + "\n" }.joined())
            let error = try place.succeed("index", "add", "faq", "--corpus", "new.jsonl").error
            let lines = error.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines[0].hasPrefix("faq: 300 documents added, 0 replaced"))
            #expect(lines[1].hasPrefix("faq: the FAISS file has what was added, 307 vectors in generation 2"))
            let info = try place.succeed("index", "info", "faq", "--json").json[0]
            #expect(info["counts"]?["vectors_without_row"] == 0 && info["counts"]?["rows"] == 307)
        }
    }
}
