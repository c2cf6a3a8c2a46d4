import ArgumentParser
import BiEncoder

struct EmbedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Turn texts into vectors.",
        discussion: """
            Examples:
              kotae embed "How do I reset my password?"
              kotae embed --input questions.txt --format npy --output questions.npy
              kotae embed --input faq.jsonl --field question --as passage > vectors.jsonl

            Writes one vector a text, in the order of the texts. Memory does not grow with the file.
            """)

    @OptionGroup var source: InputOptions

    @Option(help: "json (an array a line), npy (NumPy float32 matrix) or raw (float32 little-endian).")
    var format: VectorFormat = .json

    @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file.", valueName: "file"))
    var output: String?

    @Option(name: .customLong("as"), help: "Use the model's prompt for this role, if it has one.")
    var role: Role?

    @Option(help: ArgumentHelp("The most tokens in a batch.", valueName: "n"))
    var batchTokens = BiEncoder.defaultBatchTokens

    @OptionGroup var model: ModelOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if batchTokens < 1 {
            throw ValidationError("--batch-tokens must be at least 1, not \(batchTokens)")
        }
    }

    func run() throws {
        var input = try source.open()
        let encoder = try model.load()
        var writer = try VectorWriter(
            format: format, path: output, dimensions: encoder.dimensions, rows: input.count)
        var progress = Progress("embedded", unit: "texts", quiet: common.quiet)
        var texts = 0
        var tokens = 0
        var truncated = 0
        while case let window = try input.nextWindow(), !window.isEmpty {
            let embeddings = try encoder.embed(window, as: role, batchTokens: batchTokens)
            try writer.write(embeddings.values)
            texts += embeddings.count
            tokens += embeddings.tokens.reduce(0, +)
            truncated += embeddings.truncated
            progress.report(
                done: texts, fraction: input.fraction, detail: "\(grouped(tokens)) tokens")
        }
        try writer.finish()
        progress.finish(done: texts, detail: "\(grouped(tokens)) tokens")
        if truncated > 0, !common.quiet {
            note(
                "\(grouped(truncated)) of \(grouped(texts)) texts were longer than "
                    + "\(encoder.maximumLength) tokens and were cut there")
        }
    }
}
