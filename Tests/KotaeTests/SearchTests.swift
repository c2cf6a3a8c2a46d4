import Testing
import JSON
import TestSupport

@Suite struct SearchTests {
    private func hits(_ place: Workplace, _ arguments: String...) throws -> [JSONValue] {
        let found = try place.run(["search", "faq", "--json"] + arguments)
        try #require(found.status == 0, "\(found.error)")
        return try #require(found.json.first?["hits"]?.array)
    }

    private func ids(_ hits: [JSONValue]) -> [String] { hits.compactMap { $0["id"]?.string } }

    @Test func `a hit has just these members`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let found = try place.succeed("search", "faq", "--json", "how do i change my password").json
            #expect(found.count == 1)
            #expect(found[0].object?.keys == ["query", "confident", "hits"])
            #expect(found[0]["query"] == "how do i change my password")
            let hits = try #require(found[0]["hits"]?.array)
            #expect(hits.count == 5)
            for hit in hits {
                #expect(
                    hit.object?.keys == ["id", "score", "question", "answer", "passage", "fields"])
            }
            #expect(hits[0]["id"] == "password" && hits[0]["answer"] == "Here.")
            #expect(hits[0]["passage"] == hits[0]["question"])
            #expect(hits[0]["fields"] == ["product": "app"])
            let why = try #require(hits.first { $0["id"] == "why" })
            #expect(why["answer"] == .null && why["fields"] == [:])
        }
    }

    @Test func `scores are the cosines of what embed gives`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let query = "where can i cancel it"
            let hits = try hits(place, query)
            let scores = hits.compactMap { $0["score"]?.double }
            #expect(scores.count == 5 && scores == scores.sorted(by: >))
            for hit in hits {
                let passage = try #require(hit["passage"]?.string)
                let vectors = try place.succeed("embed", query, passage).vectors
                let cosine = zip(vectors[0], vectors[1]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                #expect(abs(try #require(hit["score"]?.double) - cosine) < 1e-5)
            }
        }
    }

    /// Compares with a search by hand over all passages, for several numbers of hits.
    @Test func `documents are ranked by their best passage`() throws {
        try withWorkplace { place in
            var random = SplitMix64(seed: 7)
            let words = "the of and to in is my how do can what where when why who not it".split(separator: " ")
            let text = { (random: inout SplitMix64) in
                (0..<Int.random(in: 2...6, using: &random))
                    .map { _ in String(words.randomElement(using: &random) ?? "the") }
                    .joined(separator: " ")
            }
            let texts = (0..<60).map { _ in (0..<Int.random(in: 1...9, using: &random)).map { _ in text(&random) } }
            let lines = texts.map { texts in
                JSONValue.object([
                    "question": .string(texts[0]), "alternates": .array(texts.dropFirst().map { .string($0) }),
                ]).description + "\n"
            }
            try place.write("corpus.jsonl", lines.joined())
            _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl")
            let query = "can it not be my order"
            let vectors = try place.run(["embed", query] + texts.joined()).vectors
            var next = 1
            let best = texts.map { texts in
                let scores = texts.indices.map { index in
                    zip(vectors[0], vectors[next + index]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
                }
                next += texts.count
                return scores.max() ?? -1
            }
            for limit in [1, 2, 7, 59, 60, 61, Int.max] {
                let hits = try hits(place, query, "-k", "\(limit)")
                #expect(hits.count == min(limit, 60))
                #expect(Set(ids(hits)).count == hits.count)
                let expected = best.sorted(by: >)
                for (hit, score) in zip(hits, expected) {
                    let found = Float(try #require(hit["score"]?.double))
                    #expect(abs(found - score) < 1e-5)
                    let document = try #require(hit["id"]?.string.flatMap { Int($0) }) - 1
                    #expect(abs(best[document] - score) < 1e-5)
                    #expect(texts[document].contains(try #require(hit["passage"]?.string)))
                }
            }
        }
    }

    @Test func `an alternate can match best`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let first = try hits(place, "where is my password")[0]
            #expect(first["id"] == "password" && first["passage"] == "where is my password")
            #expect(abs(try #require(first["score"]?.double) - 1) < 1e-5)
            let text = try place.succeed("search", "faq", "where is my password").text
            #expect(text.contains("as: where is my password"))
        }
    }

    @Test func `two documents with the same text are both found`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            for limit in ["2", "3"] {
                let hits = try hits(place, "cancel my order", "-k", limit)
                #expect(ids(Array(hits.prefix(2))) == ["order", "twin"])
                #expect(hits[0]["score"] == hits[1]["score"])
                #expect(hits[1]["passage"] == "cancel my order" && hits[1]["question"] == "who is in it")
            }
            #expect(try hits(place, "cancel my order", "-k", "1").count == 1)
        }
    }

    @Test func `a least score leaves documents out`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let all = try hits(place, "why not")
            for least in [-1, 0.5, 0.9, 0.999, 2] {
                let some = try hits(place, "why not", "--min-score", "\(least)")
                #expect(ids(some) == ids(all.filter { ($0["score"]?.double ?? 0) >= least }))
            }
            #expect(try place.succeed("search", "faq", "x", "--min-score", "2").text == "nothing found\n")
        }
    }

    @Test func `several queries are answered in order, and as each alone`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let queries = ["why not", "", "商品", "cancel", "why not"]
            let found = try place.run(["search", "faq", "--json"] + queries)
            #expect(try found.json.compactMap { $0["query"]?.string } == queries)
            for (query, line) in zip(queries, found.lines) {
                #expect(try place.run("search", "faq", "--json", query).lines == [line])
            }
        }
    }

    @Test func `queries come from standard input, a line each`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let input = "why not\r\n\nlone\rreturn\nline\u{2028}next\u{85}\nlast"
            let queries = ["why not", "", "lone\rreturn", "line\u{2028}next\u{85}", "last"]
            let piped = try place.succeed("search", "faq", "--json", input: input)
            #expect(try piped.json.compactMap { $0["query"]?.string.map { Array($0.utf8) } } == queries.map { Array($0.utf8) })
            #expect(try piped.text == place.run(["search", "faq", "--json"] + queries).text)
            #expect(try place.succeed("search", "faq", "--json").text == "")
        }
    }

    @Test func `queries come from a file, of any encoding`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let expected = try place.succeed("search", "faq", "--json", "why not", "商品").text
            try place.write("asked.txt", "why not\n商品\n")
            #expect(try place.succeed("search", "faq", "--json", "--query-file", "asked.txt").text == expected)
            // 商品 in Shift_JIS.
            try place.write("asked.txt", Array("why not\r\n".utf8) + [0x8F, 0xA4, 0x95, 0x69])
            #expect(
                try place.succeed("search", "faq", "--json", "--query-file", "asked.txt", "--encoding", "cp932").text
                    == expected)
            try place.refuse(
                ["search", "faq", "--query-file", "none.txt"], saying: ["none.txt"])
            try place.refuse(
                ["search", "faq", "why", "--query-file", "asked.txt"], status: 64, saying: ["--query-file"])
        }
    }

    @Test func `fields and likeness choose documents`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            func ids(_ options: String...) throws -> [String] {
                let found = try place.run(["search", "faq", "--json"] + options)
                return try #require(try found.json.first?["hits"]?.array).compactMap { $0["id"]?.string }
            }
            #expect(try ids("why", "--where", #"{"product": "app"}"#) == ["password"])
            #expect(try ids("why", "--where", #"{"product": {"$ne": "app"}}"#).count == 4)
            let like = try place.succeed("search", "faq", "--json", "--like", "order", "-k", "1").json[0]
            #expect(like["like"] == "order")
            // Its alternate is the same text.
            #expect(like["hits"]?.array?.map { $0["id"] } == ["twin"])
            try place.refuse(["search", "faq", "why", "--where", #"{"product": "#], status: 64, saying: ["--where"])
            try place.refuse(["search", "faq", "--like", "none"], saying: ["none"])
        }
    }

    @Test func `efforts change nothing where all is searched, and are at least 1`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let expected = try place.succeed("search", "faq", "--json", "why").text
            for option in ["--ef-search", "--nprobe"] {
                #expect(try place.succeed("search", "faq", "--json", "why", option, "1").text == expected)
                try place.refuse(["search", "faq", "why", option, "0"], status: 64, saying: ["\(option) must be at least 1"])
            }
        }
    }

    @Test(arguments: ["search faq why", "search faq why --json", "index list faq", "lookup faq why"])
    func `results that cannot be written are an error`(command: String) throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            #expect(try place.shell("'\(kotae())' \(command) > found.txt"))
            #expect(try !place.shell("'\(kotae())' \(command) > /dev/full 2> error.txt"))
            #expect(try String(decoding: place.read("error.txt"), as: UTF8.self).contains("Error: "))
        }
    }

    @Test func `a query of 100,000 characters is cut, which a note tells`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let query = String(repeating: "why ", count: 25_000)
            let found = try place.succeed("search", "faq", "--json", query)
            #expect(found.error == "the query is longer than 48 tokens: 24,954 were cut\n")
            #expect(try found.json[0]["hits"]?.array?.count == 5)
            #expect(try place.succeed("search", "faq", "--json", "-q", query).error == "")
        }
    }

    @Test func `a failed search leaves standard output empty and a good one the disk as it was`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let before = try place.listing()
            _ = try place.succeed("search", "faq", "why")
            _ = try place.succeed("lookup", "faq", "why")
            #expect(try place.listing() == before)
        }
    }

    @Test func `people read a line a document and the best answer`() throws {
        try withWorkplace { place in
            try place.write("c.jsonl", "{\"id\":\"a\",\"question\":\"why\\nnot\",\"answer\":\"no\\nno\"}\n")
            _ = try place.succeed("index", "build", "faq", "--corpus", "c.jsonl")
            #expect(
                try place.succeed("search", "faq", "why not").text
                    == "  1  1.000  a  why not\n             no no\n")
        }
    }

    @Test func `a model with prompts searches with those of its roles`() throws {
        try withWorkplace { place in
            try place.write("corpus.jsonl", smallCorpus)
            _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl", "-m", "prompts")
            let query = try place.succeed("embed", "-m", "prompts", "--as", "query", "why").vectors[0]
            let passage = try place.succeed("embed", "-m", "prompts", "--as", "passage", "why not").vectors[0]
            let cosine = zip(query, passage).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            let hit = try #require(try hits(place, "why").first { $0["id"] == "why" })
            #expect(abs(try #require(hit["score"]?.double) - Double(cosine)) < 1e-5)
        }
    }
}
