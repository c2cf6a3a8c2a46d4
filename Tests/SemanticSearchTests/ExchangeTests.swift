import BiEncoder
import EmbeddingStore
import FoundationEssentials
import JSON
import Records
import SemanticSearch
import TestSupport
import Testing

/// An index's documents in a file, and back.
@Suite struct `Exporting and importing` {
    private static let documents = [
        Document(
            id: "é", question: "how do I \"reset\" my password?\n", alternates: ["forgot password", "新しい"],
            answer: "Open the page. Then choose a new one. It counts at once.",
            fields: ["z": 1, "a": ["nested": [nil, true, 2.5, "text"]]]),
        Document(id: "e\u{301}", question: "forgot password", answer: ""),
        Document(id: "3", question: "something else"),
    ]

    private func build(_ folder: String, embedsAnswers: Bool = true) throws {
        var options = BuildOptions()
        options.embedsAnswers = embedsAnswers
        _ = try SearchIndex.build(
            at: folder, from: Self.documents, with: tinyEncoder(), options: options)
    }

    private func export(_ folder: String, vectors: Bool = true) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try SearchIndex(opening: folder).export(vectors: vectors) { bytes += $0 }
        return bytes
    }

    private func write(_ bytes: [UInt8], to path: String) throws -> ExportFile {
        try Data(bytes).write(to: URL(filePath: path))
        return try ExportFile(path: path)
    }

    private func lines(_ bytes: [UInt8]) throws -> [JSONObject] {
        try bytes.split(separator: UInt8(ascii: "\n")).map { line in
            try #require(JSONValue(parsing: line).object)
        }
    }

    private func bytes(_ lines: [JSONObject]) -> [UInt8] {
        lines.flatMap { Array("\(JSONValue.object($0))\n".utf8) }
    }

    @Test func `an export without vectors has a document a line, in the order of adding`() throws {
        try withTemporaryFolder { folder in
            try build(folder)
            let lines = try lines(export(folder, vectors: false))
            #expect(lines.map(\.keys) == .init(repeating: ["id", "question", "alternates", "answer", "fields"], count: 3))
            #expect(lines.map { $0["id"] } == ["é", "e\u{301}", "3"])
            #expect(lines[0]["fields"] == ["z": 1, "a": ["nested": [nil, true, 2.5, "text"]]])
            #expect(lines.map { $0["answer"] }.last == .null)
        }
    }

    @Test func `an export with vectors begins with what they are, and has one for each text`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            try build(folder)
            let lines = try lines(export(folder))
            #expect(
                try lines[0] == [
                    "kotae_export": 1,
                    "model": [
                        "name": "bert-mean", "fingerprint": .string(encoder.fingerprint()),
                        "precision": "f32", "maximum_length": .integer(encoder.maximumLength),
                        "prompts": "folder",
                    ],
                    "dimensions": 48, "embeds_answers": true,
                ])
            let ranges = try #require(lines[1]["answer_passages"]?.array)
            let vectors = try #require(lines[1]["vectors"]?.array)
            #expect(vectors.count == 3 + ranges.count && !ranges.isEmpty)
            let question = try #require(vectors[0].array).compactMap(\.double).map { Float($0) }
            #expect(try question == encoder.embed(Self.documents[0].question))
            #expect(lines[3].keys == ["id", "question", "alternates", "answer", "fields", "vectors"])
        }
    }

    @Test(arguments: [true, false])
    func `an import of an export with vectors exports to the same bytes and embeds nothing`(
        embedsAnswers: Bool
    ) throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            try build("\(folder)/a", embedsAnswers: embedsAnswers)
            let first = try export("\(folder)/a")
            var last = BuildProgress()
            let manifest = try SearchIndex.build(
                at: "\(folder)/b", importing: write(first, to: "\(folder)/a.jsonl"), with: encoder
            ) { last = $0 }
            #expect(try export("\(folder)/b") == first)
            #expect(manifest.documents == 3 && manifest.embedsAnswers == embedsAnswers)
            #expect(last.embedded == 0)
            #expect(try SearchIndex(opening: "\(folder)/b").verify(full: true).problems == [])
        }
    }

    @Test func `vectors of a file are taken as they are, also where the index has others of the text`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            try build("\(folder)/a")
            var lines = try lines(export("\(folder)/a"))
            // The vector of "forgot password" is given as that of "something else" too.
            let other = try #require(lines[2]["vectors"])
            lines[3]["vectors"] = other
            let file = try write(bytes([lines[0], lines[3]]), to: "\(folder)/b.jsonl")
            let index = try SearchIndex(opening: "\(folder)/a", writable: true)
            #expect(try index.add(importing: file, with: encoder) == 1)
            let numbers = try #require(other.array?[0].array).compactMap(\.double).map { Float($0) }
            #expect(try index.embeddings(of: ["3"])[0].entries[0].vector == numbers)
            let hits = try index.search(numbers)
            #expect(Set(hits.filter { $0.score > 0.9999 }.map(\.document.id)) == ["é", "e\u{301}", "3"])
            #expect(try index.verify(full: true).problems == [])
        }
    }

    @Test func `documents without vectors are embedded, beside others that have some`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            try build("\(folder)/a")
            let whole = try export("\(folder)/a")
            var lines = try lines(whole)
            lines[1]["vectors"] = nil
            lines[1]["answer_passages"] = nil
            let file = try write(bytes(lines), to: "\(folder)/b.jsonl")
            _ = try SearchIndex.build(at: "\(folder)/b", importing: file, with: encoder)
            #expect(try export("\(folder)/b") == whole)
        }
    }

    @Test func `an export without vectors becomes the same documents`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            try build("\(folder)/a", embedsAnswers: false)
            let plain = try export("\(folder)/a", vectors: false)
            let file = try write(plain, to: "\(folder)/a.jsonl")
            _ = try SearchIndex.build(at: "\(folder)/b", importing: file, with: encoder)
            #expect(try export("\(folder)/b", vectors: false) == plain)
            #expect(try export("\(folder)/b") == export("\(folder)/a"))
        }
    }

    @Test func `documents of an import replace those with the same ids`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            try build("\(folder)/a")
            let file = try write(export("\(folder)/a"), to: "\(folder)/a.jsonl")
            var options = BuildOptions()
            options.embedsAnswers = true
            _ = try SearchIndex.build(
                at: "\(folder)/b", from: [Document(id: "3", question: "old"), Document(id: "4", question: "kept")],
                with: encoder, options: options)
            let index = try SearchIndex(opening: "\(folder)/b", writable: true)
            #expect(try index.add(importing: file, with: encoder) == 1)
            var found: [String] = []
            try index.forEachDocument { found.append("\($0.id) \($0.question)") }
            #expect(found.count == 4)
            #expect(found.contains("3 something else") && found.contains("4 kept"))
        }
    }

    /// One thing wrong in an export: the line, and parts of the message.
    struct Flaw: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let line: Int
        let saying: [String]
        let change: @Sendable (inout [JSONObject]) -> Void

        init(
            _ name: String, line: Int, saying: [String],
            _ change: @escaping @Sendable (inout [JSONObject]) -> Void
        ) {
            testDescription = name
            self.line = line
            self.saying = saying
            self.change = change
        }

        /// The vectors of a line in place of which others are put.
        static func vectors(
            _ name: String, line: Int, saying: [String],
            _ change: @escaping @Sendable ([JSONValue]) -> JSONValue
        ) -> Flaw {
            Flaw(name, line: line, saying: ["\"vectors\""] + saying) { lines in
                lines[line - 1]["vectors"] = change(lines[line - 1]["vectors"]?.array ?? [])
            }
        }

        static func header(_ name: String, _ path: [String], _ value: JSONValue?) -> Flaw {
            Flaw(name, line: 1, saying: ["\"\(path.joined(separator: "."))\""]) { lines in
                if path.count == 1 {
                    lines[0][path[0]] = value
                } else if var model = lines[0][path[0]]?.object {
                    model[path[1]] = value
                    lines[0][path[0]] = .object(model)
                }
            }
        }
    }

    private static let flaws: [Flaw] = [
        .header("another model", ["model", "fingerprint"], "00"),
        .header("no fingerprint", ["model", "fingerprint"], nil),
        .header("another precision", ["model", "precision"], "bf16"),
        .header("another number of dimensions", ["dimensions"], 47),
        .header("dimensions below 1", ["dimensions"], 0),
        .header("answers embedded or not", ["embeds_answers"], false),
        .header("a newer version", ["kotae_export"], 2),
        .header("a length that is no number", ["model", "maximum_length"], "64"),
        .vectors("too few vectors", line: 2, saying: ["vectors, and the document"]) { .array($0.dropLast()) },
        .vectors("too many vectors", line: 3, saying: ["2 vectors, and the document 1 texts"]) { .array($0 + $0) },
        .vectors("no list", line: 4, saying: ["a number"]) { _ in 5 },
        .vectors("a vector that is no list", line: 4, saying: ["vector 1", "a string"]) { _ in ["x"] },
        .vectors("too few numbers", line: 4, saying: ["vector 1: 47 numbers", "48"]) { vectors in
            [.array(vectors[0].array?.dropLast() ?? [])]
        },
        .vectors("no number", line: 2, saying: ["vector 3: null"]) { vectors in
            var vectors = vectors
            vectors[2] = .array((vectors[2].array ?? []).dropLast() + [.null])
            return .array(vectors)
        },
        .vectors("a number beyond float32", line: 4, saying: ["vector 1: 1e+39"]) { vectors in
            [.array([.number(1e39)] + (vectors[0].array?.dropFirst() ?? []))]
        },
        .vectors("another length than 1", line: 4, saying: ["vector 1: its length is 1.00", "not 1"]) { vectors in
            [.array(vectors[0].array?.map { .number(($0.double ?? 0) * 1.0021) } ?? [])]
        },
        Flaw("no header", line: 1, saying: ["\"vectors\" needs a header"]) { $0.removeFirst() },
        Flaw("an id that stands twice", line: 4, saying: ["\"é\" stands in line 2 already"]) { $0[3] = $0[1] },
        Flaw("an empty id", line: 4, saying: ["\"id\" is empty"]) { $0[3]["id"] = "" },
        Flaw("no question", line: 4, saying: ["\"question\""]) { $0[3]["question"] = nil },
        Flaw("an empty question", line: 3, saying: ["\"question\" is empty"]) { $0[2]["question"] = " " },
        Flaw("no alternates", line: 3, saying: ["\"alternates\""]) { $0[2]["alternates"] = nil },
        Flaw("passages beyond the answer", line: 2, saying: ["\"answer_passages\""]) {
            $0[1]["answer_passages"] = [[0, 1000]]
        },
        Flaw("a passage that cuts a character", line: 2, saying: ["\"answer_passages\": 0 to 1"]) {
            $0[1]["answer"] = "é"
            $0[1]["answer_passages"] = [[0, 1]]
        },
    ]

    @Test(arguments: flaws)
    func `whatever is wrong is told with its line and field, and nothing is written`(_ flaw: Flaw) throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            try build("\(folder)/a")
            var lines = try lines(export("\(folder)/a"))
            flaw.change(&lines)
            let path = "\(folder)/flawed.jsonl"
            try Data(bytes(lines)).write(to: URL(filePath: path))
            let before = try contents(of: "\(folder)/a")

            func check(_ error: RecordError?) {
                #expect(error?.path == path)
                #expect(error?.line == flaw.line)
                for part in flaw.saying { #expect(error?.reason.contains(part) == true, "\(error as Any)") }
            }
            check(
                #expect(throws: RecordError.self) {
                    let index = try SearchIndex(opening: "\(folder)/a", writable: true)
                    try index.add(importing: ExportFile(path: path), with: encoder)
                })
            #expect(try contents(of: "\(folder)/a") == before)
            // A new folder takes the word of the header for whether answers are embedded.
            guard flaw.testDescription != "answers embedded or not" else { return }
            check(
                #expect(throws: RecordError.self) {
                    _ = try SearchIndex.build(
                        at: "\(folder)/b", importing: ExportFile(path: path), with: encoder)
                })
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/b"))
        }
    }

    @Test func `answer passages contradict a header that says answers are not embedded`() throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            try build("\(folder)/a")
            var lines = try lines(export("\(folder)/a"))
            lines[0]["embeds_answers"] = false
            let file = try write(bytes(lines), to: "\(folder)/b.jsonl")
            let error = #expect(throws: RecordError.self) {
                _ = try SearchIndex.build(at: "\(folder)/b", importing: file, with: encoder)
            }
            #expect(error?.line == 2)
            #expect(error?.reason.contains("\"answer_passages\" contradicts the header") == true)
        }
    }

    @Test(arguments: [[], [0]]) func `a file without documents is refused`(kept: [Int]) throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            try build("\(folder)/a")
            let lines = try lines(export("\(folder)/a"))
            let file = try write(bytes(kept.map { lines[$0] }), to: "\(folder)/b.jsonl")
            let error = #expect(throws: RecordError.self) {
                _ = try SearchIndex.build(at: "\(folder)/b", importing: file, with: encoder)
            }
            #expect(error?.reason == "there is no document in this file")
        }
    }
}
