import ArgumentParser
import SemanticSearch

struct IndexExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the documents of an index as JSON Lines.",
        discussion: """
            Examples:
              kotae index export faq -o faq.jsonl
              kotae index export faq --vectors | gzip > faq.jsonl.gz
              kotae index export faq | jq .question

            A document a line: {"id", "question", "alternates", "answer", "fields"}. With --vectors \
            also "vectors", a list of numbers for each text that is embedded: the question, the \
            alternates, and the parts of the answer, whose ranges of UTF-8 bytes are then in \
            "answer_passages". A header comes first then: {"kotae_export": 1, "model": {"name", \
            "fingerprint", "precision", "maximum_length"}, "dimensions", "embeds_answers"}.

            kotae index import reads both. What it makes of an export with vectors exports to the \
            same bytes again.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @Flag(help: "The vectors too, each number with the digits that read back as the same float32.")
    var vectors = false

    @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file.", valueName: "file"))
    var output: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let index = try SearchIndex(opening: directory, loadsVectors: false)
        let file = try OutputFile(path: output)
        let count = try index.export(vectors: vectors) { try file.write($0) }
        try file.finish()
        if !common.quiet, let output { note("\(output): \(grouped(count)) documents") }
    }
}
