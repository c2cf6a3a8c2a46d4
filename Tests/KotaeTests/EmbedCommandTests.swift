import FoundationEssentials
import Glibc
import JSON
import TestSupport
import Testing

@Suite struct EmbedCommandTests {
    private static let texts = ["cancel my order", "", "how do i", "cancel my order", "商品", "x y z"]

    private func file(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

    @Test func `prints one array a line in the order of the texts`() throws {
        try withWorkplace { place in
            let outcome = try place.run(["embed"] + Self.texts)
            let vectors = try outcome.vectors
            #expect(outcome.error == "")
            #expect(vectors.map(\.count) == Array(repeating: 48, count: Self.texts.count))
            #expect(vectors[0] == vectors[3] && vectors[0] != vectors[2])
            for (text, vector) in zip(Self.texts, vectors) {
                let alone = try #require(place.succeed("embed", "--", text).vectors.first)
                #expect(zip(alone, vector).allSatisfy { abs($0 - $1) < 1e-6 })
            }
        }
    }

    @Test func `gives what the reference implementation gives`() throws {
        try withReferenceTexts { place, expected in
            let vectors = try place.succeed("embed", "--input", "texts.jsonl", "--field", "text").vectors
            try #require(vectors.count == expected.rows)
            for row in vectors.indices {
                #expect(zip(vectors[row], expected[row]).allSatisfy { abs($0 - $1) < 2e-5 })
            }
        }
    }

    // oneDNN then multiplies by other functions than with AVX-512.
    @Test func `gives a text the same bits in any batch on processors that have AVX2 alone, too`() throws {
        try withReferenceTexts { place, expected in
            func embed(threads: Int, batchTokens: Int) throws -> [Float] {
                let outcome = try place.run(
                    [
                        "embed", "--input", "texts.jsonl", "--field", "text", "--format", "raw",
                        "--threads", "\(threads)", "--batch-tokens", "\(batchTokens)",
                    ], variables: ["ONEDNN_MAX_CPU_ISA": "AVX2"])
                return floats(outcome.output)
            }
            let alone = try embed(threads: 1, batchTokens: 1)
            try #require(alone.count == expected.values.count)
            #expect(zip(alone, expected.values).allSatisfy { abs($0 - $1) < 2e-5 })
            for (threads, batchTokens) in [(1, 40), (1, 2000), (2, 1), (2, 150), (3, 40), (3, 700)] {
                let same = try embed(threads: threads, batchTokens: batchTokens) == alone
                #expect(same, "\(threads) threads, \(batchTokens) tokens a batch")
            }
        }
    }

    /// Runs the body where `texts.jsonl` has the texts of a fixture in its field "text".
    private func withReferenceTexts(_ body: (Workplace, _ expected: NumPyFile) throws -> Void) throws {
        let cases = try JSONValue(
            parsing: String(
                decoding: Data(contentsOf: URL(filePath: fixture("models/bert-mean/expected.json"))),
                as: UTF8.self))
        let texts = try #require(cases["texts"]?.array).map { try #require($0.string) }
        try withWorkplace { place in
            try place.write("texts.jsonl", file(texts.map { JSONValue.object(["text": .string($0)]).description }))
            try body(place, NumPyFile(fixture("models/bert-mean/expected.npy")))
        }
    }

    @Test func `npy and raw hold the numbers that json shows`() throws {
        try withWorkplace { place in
            try place.write("texts.txt", file(Self.texts))
            let json = try place.succeed("embed", "--input", "texts.txt").vectors
            for input in [["--input", "texts.txt"], Self.texts] {
                let command = ["embed"] + input
                #expect(try place.run(command + ["--format", "npy", "--output", "v.npy"]).status == 0)
                let npy = try NumPyFile(place.path("v.npy"))
                #expect(npy.rows == json.count && npy.columns == 48)
                #expect(npy.values == json.flatMap { $0 })
                #expect(try place.read("v.npy").count % 64 == 0)
                #expect(try floats(place.run(command + ["--format", "raw"]).output) == npy.values)
            }
        }
    }

    @Test func `npy goes to a pipe from texts but not from a file of unknown length`() throws {
        try withWorkplace { place in
            try place.write("texts.txt", file(Self.texts))
            try place.refuse(
                ["embed", "--input", "texts.txt", "--format", "npy"], status: 64,
                saying: ["--output FILE"])
            let outcome = try place.run(["embed", "--format", "npy"] + Self.texts)
            try place.write("piped.npy", outcome.output)
            #expect(
                try NumPyFile(place.path("piped.npy")).values
                    == place.run(["embed"] + Self.texts).vectors.flatMap { $0 })
        }
    }

    @Test(arguments: [
        ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]),
        ("a\r\nb\r\n", ["a", "b"]), ("a\rb\n", ["a\rb"]), ("a\u{2028}b\u{2029}c\n", ["a\u{2028}b\u{2029}c"]),
        ("a\u{85}b\u{B}c\u{C}d\n", ["a\u{85}b\u{B}c\u{C}d"]), ("\u{FEFF}a\n", ["a"]),
    ] as [(String, [String])])
    func `a line ends at a line feed only`(content: String, texts: [String]) throws {
        try withWorkplace { place in
            try place.write("texts.txt", content)
            let lines = try place.succeed("embed", "--input", "texts.txt").vectors
            let piped = try place.succeed("embed", "--input", "-", input: content).vectors
            #expect(lines.count == texts.count)
            #expect(lines == piped)
            if !texts.isEmpty {
                #expect(try place.run(["embed", "--"] + texts).vectors == lines)
            }
        }
    }

    @Test func `an empty file is an empty matrix`() throws {
        try withWorkplace { place in
            try place.write("none.txt", "")
            _ = try place.succeed(
                "embed", "--input", "none.txt", "--format", "npy", "--output", "none.npy")
            let matrix = try NumPyFile(place.path("none.npy"))
            #expect(matrix.rows == 0 && matrix.columns == 48)
        }
    }

    @Test(arguments: ["json", "npy", "raw"])
    func `a failure on the way leaves the former output and nothing else`(format: String) throws {
        try withWorkplace { place in
            // The first window of 8,192 texts is written before the wrong line is read.
            let records = String(repeating: "{\"text\":\"a\"}\n", count: 9000)
            try place.write("texts.jsonl", records + "{\"title\":\"b\",\"n\":1}\n")
            try place.write("vectors", "former")
            try place.refuse(
                [
                    "embed", "--input", "texts.jsonl", "--field", "text", "--format", format,
                    "--output", "vectors",
                ], saying: ["texts.jsonl:9001: ", "\"text\"", "title, n"])
        }
    }

    @Test func `an output that cannot be made is refused with its name`() throws {
        try withWorkplace { place in
            try place.refuse(
                ["embed", "a", "--output", "no/such/folder"],
                saying: ["Error: no/such/folder: ", "No such file or directory"])
            try FileManager.default.createDirectory(
                atPath: place.path("folder"), withIntermediateDirectories: false)
            try place.refuse(["embed", "a", "--output", "folder"], saying: ["Error: folder: "])
        }
    }

    @Test(arguments: [
        (["--input", "none.txt"], ["none.txt: cannot open"]),
        (["--input", "latin.txt"], ["latin.txt:2:4: ", "not UTF-8"]),
        (["--input", "list.jsonl", "--field", "text"], ["list.jsonl:2: ", "\"text\"", "a number"]),
        (["--input", "broken.jsonl", "--field", "text"], ["broken.jsonl:1:"]),
        (["--input", "."], ["cannot read"]),
    ])
    func `a file that cannot be used is told with its line`(
        arguments: [String], message: [String]
    ) throws {
        try withWorkplace { place in
            try place.write("latin.txt", Array("fine\ncaf".utf8) + [0xE9, 0x0A])
            try place.write("list.jsonl", "{\"text\":\"a\"}\n{\"text\":5}\n")
            try place.write("broken.jsonl", "{\"text\":\"a\"\n")
            try place.refuse(["embed"] + arguments, saying: message)
            try place.refuse(["embed", "--output", "out.json"] + arguments, saying: message)
        }
    }

    @Test func `a line of 100 MB is refused with its number in little memory`() throws {
        try withWorkplace { place in
            try place.write("long.txt", "a\nb\n")
            // Zeros that take no room on the disk.
            try #require(truncate(place.path("long.txt"), 100 << 20) == 0)
            let outcome = try place.run("embed", "--input", "long.txt", "--output", "out.json")
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("long.txt:3: longer than the limit"))
            #expect((1..<90 << 20).contains(outcome.peakMemory))
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder) == ["long.txt"])
        }
    }

    @Test func `a long text is cut, which a note counts`() throws {
        try withWorkplace { place in
            let long = String(repeating: "how ", count: 25_000)
            let outcome = try place.succeed("embed", long, "how", input: "")
            #expect(outcome.error == "1 of 2 texts were longer than 48 tokens and were cut there\n")
            let cut = try place.succeed("embed", String(repeating: "how ", count: 46), "how")
            #expect(try outcome.vectors == cut.vectors)
            #expect(cut.error == "")
            #expect(try place.succeed("embed", "--max-length", "4", "how do", "how do i").error != "")
        }
    }

    @Test func `quiet says nothing`() throws {
        try withWorkplace { place in
            let long = String(repeating: "how ", count: 500)
            for flag in ["--quiet", "-q"] {
                let outcome = try place.succeed("embed", flag, long)
                #expect(outcome.error == "")
                #expect(try outcome.vectors == place.succeed("embed", long).vectors)
            }
        }
    }

    @Test(arguments: ["1", "17", "100000"])
    func `the size of a batch and the number of threads change next to nothing`(tokens: String) throws {
        try withWorkplace { place in
            let plain = try place.run(["embed"] + Self.texts).vectors.joined()
            let other = try place.run(
                ["embed", "--batch-tokens", tokens, "--threads", "1"] + Self.texts)
            #expect(other.status == 0)
            #expect(zip(plain, try other.vectors.joined()).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test func `bf16 is near f32 where the processor has it`() throws {
        try withWorkplace { place in
            let info = try #require(place.succeed("model", "info", "--json").json.first)
            let precisions = try #require(info["precisions"]?.array).compactMap(\.string)
            #expect(precisions.first == "f32")
            let bf16 = try place.run("embed", "cancel my order", "--precision", "bf16")
            guard precisions.contains("bf16") else {
                #expect(bf16.status == 1 && bf16.error.contains("bf16"))
                return
            }
            let pair = zip(
                try bf16.vectors[0], try place.succeed("embed", "cancel my order").vectors[0])
            #expect(pair.reduce(0) { $0 + $1.0 * $1.1 } > 0.999)
        }
    }
}
