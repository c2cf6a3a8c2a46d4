import FoundationEssentials
import Glibc
import Testing

/// Corpora that cannot be used: the message names file, line and field, and nothing is left behind.
@Suite struct CorpusFailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let content: [UInt8]
        let message: [String]
        let options: [String]

        init(_ name: String, _ content: String, _ message: [String], _ options: [String] = []) {
            self.init(name, Array(content.utf8), message, options)
        }

        init(_ name: String, _ content: [UInt8], _ message: [String], _ options: [String] = []) {
            self.name = name
            self.content = content
            self.message = message
            self.options = options
        }

        var testDescription: String { message.joined(separator: " … ") }
    }

    static let cases = [
        Case("e.csv", "", ["e.csv: ", "empty"]),
        Case("e.jsonl", "", ["e.jsonl: ", "no document"]),
        Case("blank.jsonl", "\n  \n\n", ["blank.jsonl: ", "no document"]),
        Case("header.csv", "id,question,answer\n", ["header.csv: ", "no document"]),
        Case("c.xml", "<faq/>", ["c.xml: ", "--format"]),
        Case(
            "latin.csv", Array("id,question\n1,why\n2,caf".utf8) + [0xE9, 0x0A],
            ["latin.csv:3:6: ", "not UTF-8"]),
        Case(
            "latin.jsonl", Array("{\"question\":\"caf".utf8) + [0xE9] + Array("\"}\n".utf8),
            ["latin.jsonl:1:", "not UTF-8"]),
        Case(
            "wide.csv", [0xFF, 0xFE] + "id,question\n1,why\n".utf8.flatMap { [$0, 0] },
            ["wide.csv:1:1: ", "--encoding utf-16"]),
        Case("cut.jsonl", "{\"question\":\"a\"}\n{\"question\":\"b}\n", ["cut.jsonl:2:16: ", "string"]),
        Case("comma.jsonl", "{\"question\":\"a\",}\n", ["comma.jsonl:1:17: "]),
        Case("array.jsonl", "[\n{\"question\":\"a\"}\n]\n", ["array.jsonl:1: ", "one JSON object a line"]),
        Case("text.jsonl", "\"a\"\n", ["text.jsonl:1: ", "an object"]),
        Case("cells.csv", "id,question\n1,a\n2,b,c\n", ["cells.csv:3: 3 cells", "2 columns"]),
        Case("quote.csv", "id,question\n1,\"a\n2,b\n", ["quote.csv:2:3: ", "never closed"]),
        Case("twice.csv", "id,question,id\n1,a,2\n", ["twice.csv:1: ", "'id'"]),
        Case(
            "names.csv", "id,topic,text body\n1,a,b\n",
            ["names.csv:2: ", "\"question\"", "\"質問\"", "\"topic\", \"text body\"", "--question-field"]),
        Case(
            "late.jsonl", "{\"question\":\"a\"}\n{\"topic\":\"b\"}\n",
            ["late.jsonl:2: ", "\"question\"", "\"topic\"", "--question-field"]),
        Case(
            "named.csv", "id,question\n1,a\n", ["named.csv:2: ", "\"ask\"", "\"id\", \"question\""],
            ["--question-field", "ask"]),
        Case("noid.csv", "n,question\n1,a\n", ["noid.csv:2: ", "\"key\"", "--id-field"], ["--id-field", "key"]),
        Case("kind.jsonl", "{\"question\":5}\n", ["kind.jsonl:1: ", "\"question\"", "expected a string"]),
        Case("void.csv", "id,question\n1,a\n2, \n", ["void.csv:3: ", "\"question\" is empty"]),
        Case("answer.jsonl", "{\"question\":\"a\",\"answer\":[]}\n", ["answer.jsonl:1: ", "\"answer\""]),
        Case(
            "more.jsonl", "{\"question\":\"a\",\"alternates\":[\"b\",1]}\n",
            ["more.jsonl:1: ", "\"alternates\""]),
        Case("more.csv", "question,alternates\na,\"[b\"\n", ["more.csv:2: ", "\"alternates\""]),
        Case("id.jsonl", "{\"id\":1.5,\"question\":\"a\"}\n", ["id.jsonl:1: ", "\"id\"", "whole number"]),
        Case("id.csv", "id,question\n,a\n", ["id.csv:2: ", "\"id\" is empty"]),
        Case(
            "same.jsonl", "{\"id\":\"a\",\"question\":\"x\"}\n\n{\"id\":\"a\",\"question\":\"y\"}\n",
            ["same.jsonl:3: ", "\"a\"", "line 1"]),
        Case(
            "same.csv", "id,question\n1,\"x\ny\"\n1,z\n", ["same.csv:4: ", "\"1\"", "line 2"]),
        Case(
            "number.jsonl", "{\"id\":\"1\",\"question\":\"x\"}\n{\"id\":1,\"question\":\"y\"}\n",
            ["number.jsonl:2: ", "\"1\"", "line 1"]),
        Case(
            "some.jsonl", "{\"id\":\"a\",\"question\":\"x\"}\n{\"question\":\"y\"}\n",
            ["some.jsonl:2: ", "no id"]),
    ]

    @Test(arguments: cases)
    func `a corpus that cannot be used is refused with its place`(_ test: Case) throws {
        try withWorkplace { place in
            try place.write(test.name, test.content)
            try place.refuse(
                ["index", "build", "faq", "--corpus", test.name] + test.options, saying: test.message)
        }
    }

    /// The former index answers as it did, and its files are the same to the byte.
    @Test(arguments: cases.filter { ["header.csv", "cut.jsonl", "late.jsonl", "same.csv"].contains($0.name) })
    func `an index outlives a build from a bad corpus`(_ test: Case) throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write(test.name, test.content)
            let answer = try place.succeed("search", "faq", "--json", "why").text
            try place.refuse(
                ["index", "build", "faq", "--corpus", test.name] + test.options, saying: test.message)
            #expect(try place.succeed("search", "faq", "--json", "why").text == answer)
        }
    }

    @Test func `a corpus that is missing is named`() throws {
        try withWorkplace { place in
            try place.refuse(
                ["index", "build", "faq", "--corpus", "none.csv"],
                saying: ["none.csv: cannot open: No such file or directory"])
            try place.refuse(
                ["index", "build", "faq", "--corpus", ".", "--format", "csv"], saying: [".: cannot read"])
        }
    }

    @Test func `an empty folder that was there stays`() throws {
        try withWorkplace { place in
            try FileManager.default.createDirectory(
                atPath: place.path("faq"), withIntermediateDirectories: false)
            try place.write("c.csv", "id,question\n")
            try place.refuse(["index", "build", "faq", "--corpus", "c.csv"], saying: ["c.csv: "])
        }
    }

    @Test func `standard input is named and located like a file`() throws {
        try withWorkplace { place in
            try place.refuse(
                ["index", "build", "faq", "--corpus", "-"],
                saying: ["standard input:6: ", "no field for the question"], input: smallCorpus + "{}\n")
        }
    }

    @Test(arguments: ["jsonl", "csv"])
    func `a line of 100 MB is refused with its number in little memory`(format: String) throws {
        try withWorkplace { place in
            let name = "long.\(format)"
            let start = format == "csv" ? "id,question\n1,why\n2," : "{\"question\":\"a\"}\n\n"
            try place.write(name, start)
            // Zeros that take no room on the disk.
            try #require(truncate(place.path(name), 100 << 20) == 0)
            let outcome = try place.run("index", "build", "faq", "--corpus", name)
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("\(name):3: longer than the limit of 16777216 bytes"))
            #expect((1..<90 << 20).contains(outcome.peakMemory))
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder) == [name])
        }
    }

    @Test func `a folder that cannot be made or used is named`() throws {
        try withWorkplace { place in
            try place.write("corpus.jsonl", smallCorpus)
            try place.refuse(
                ["index", "build", "no/faq", "--corpus", "corpus.jsonl"],
                saying: ["no/faq: no such file or directory"])
            try place.refuse(
                ["index", "build", "corpus.jsonl", "--corpus", "corpus.jsonl"],
                saying: ["corpus.jsonl: not a directory"])
        }
    }
}
