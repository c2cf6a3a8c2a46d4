import ArgumentParser
import BiEncoder
import JSON
import Tokenization

struct BenchTokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "How fast texts become tokens, on one thread.",
        discussion: """
            Examples:
              kotae bench tokenize
              kotae bench tokenize --input questions.txt --model multilingual-e5-small --json

            Texts are read whole, unless --max-length says otherwise; the model's weights are not needed.
            """)

    @OptionGroup var source: BenchTextOptions

    @Option(name: .shortAndLong, help: "A model's folder, or its name among the installed ones.")
    var model: String?

    @Option(help: ArgumentHelp("Keep at most this many tokens of a text.", valueName: "tokens"))
    var maxLength: Int?

    @Flag(help: "One JSON object.")
    var json = false

    func validate() throws {
        if let maxLength, maxLength < 2 {
            throw ValidationError("--max-length must be at least 2, not \(maxLength)")
        }
    }

    func run() throws {
        let texts = try source.texts()
        let folder = try ModelLibrary().folder(of: model)
        let tokenizer = try ModelTokenizer(modelAt: folder, maximumLength: nil).tokenizer
        var ids: [Int32] = []
        var tokens = 0
        func readAll() {
            tokens = 0
            for text in texts {
                ids.removeAll(keepingCapacity: true)
                _ = tokenizer.encodeIDs(text, maximumLength: maxLength, into: &ids)
                tokens += ids.count
            }
        }
        readAll()
        let seconds = (0..<source.repeat).map { _ in
            let start = ContinuousClock.now
            readAll()
            return (ContinuousClock.now - start) / .seconds(1)
        }.sorted()
        let median = seconds[seconds.count / 2]
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        if json {
            let result: JSONValue = [
                "version": .string(kotaeVersion), "model": .string(folder),
                "texts": .integer(texts.count), "bytes": .integer(bytes), "tokens": .integer(tokens),
                "seconds": [
                    "min": .number(seconds[0]), "median": .number(median), "max": .number(seconds[seconds.count - 1]),
                ],
                "tokens_per_second": .number(Double(tokens) / median),
            ]
            print(result)
            return
        }
        print("\(folder), 1 thread")
        print("     texts       tokens     tokens/s   MB/s")
        print(
            padded(grouped(texts.count), to: 10, left: true) + padded(grouped(tokens), to: 13, left: true)
                + padded(grouped(Int(Double(tokens) / median)), to: 13, left: true)
                + padded(decimal(Double(bytes) / median / 1e6, 1), to: 7, left: true))
    }
}
