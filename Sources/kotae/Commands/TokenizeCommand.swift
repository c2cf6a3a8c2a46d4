import ArgumentParser
import BiEncoder
import JSON
import Tokenization

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Show the tokens that the model sees of a text, and what is cut.",
        discussion: """
            Examples:
              kotae tokenize "unbelievable prices"
              kotae tokenize --input questions.txt --json

            As JSON, each text is one object a line: "ids" and "tokens" (what the model sees), \
            "truncated" (how many tokens were cut) and "cut" (those tokens).
            """)

    @OptionGroup var source: InputOptions

    @Option(name: .customLong("as"), help: "Use the model's prompt for this role, if it has one.")
    var role: Role?

    @Option(name: .shortAndLong, help: "A model's folder, or its name among the installed ones.")
    var model: String?

    @OptionGroup var prompts: PromptOptions

    @Option(help: ArgumentHelp("Read at most this many tokens of a text.", valueName: "tokens"))
    var maxLength: Int?

    @Flag(help: "One JSON object a line.")
    var json = false

    func validate() throws {
        if let maxLength, maxLength < 2 {
            throw ValidationError("--max-length must be at least 2, not \(maxLength)")
        }
    }

    func run() throws {
        var input = try source.open()
        let model = try ModelTokenizer(
            modelAt: ModelLibrary().folder(of: self.model), maximumLength: maxLength, prompts: prompts.choice)
        let prefix = model.folder.prompts.prefix(for: role)
        let output = try OutputFile(path: nil)
        while case let window = try input.nextWindow(), !window.isEmpty {
            var bytes: [UInt8] = []
            for text in window {
                let encoding = model.tokenizer.encode(
                    prefix + text, maximumLength: model.maximumLength)
                append(encoding, model.tokenizer, to: &bytes)
                bytes.append(UInt8(ascii: "\n"))
            }
            try output.write(bytes)
        }
    }

    private func append(_ encoding: Encoding, _ tokenizer: Tokenizer, to bytes: inout [UInt8]) {
        func tokens(_ ids: [Int32]) -> [String] { ids.map { tokenizer.token(of: $0) ?? "#\($0)" } }
        if json {
            let object: JSONValue = [
                "ids": .array(encoding.ids.map { .integer(Int($0)) }),
                "tokens": .array(tokens(encoding.ids).map { .string($0) }),
                "truncated": .integer(encoding.cut.count),
                "cut": .array(tokens(encoding.cut).map { .string($0) }),
            ]
            return object.append(to: &bytes)
        }
        let seen = zip(tokens(encoding.ids), encoding.ids).map { "\($0)·\($1)" }
        bytes.append(contentsOf: seen.joined(separator: " ").utf8)
        if !encoding.cut.isEmpty {
            let cut = tokens(encoding.cut).joined(separator: " ")
            bytes.append(contentsOf: "\n  \(encoding.cut.count) tokens cut: \(cut)".utf8)
        }
    }
}
