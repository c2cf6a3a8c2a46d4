import ArgumentParser
import BiEncoder
import SemanticSearch

struct IndexAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add documents to an index, in place of those with the same ids.",
        discussion: """
            Examples:
              kotae index add faq --corpus new.csv
              echo '{"id": "vpn-7", "question": "Why does the VPN drop?"}' | kotae index add faq --corpus -

            When the command ends the documents are on the disk and every search finds them; until \
            then none does. Searches go on meanwhile.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @OptionGroup var corpus: CorpusOptions

    @Option(name: .shortAndLong, help: "The model of the index, if it has moved.")
    var model: String?

    @OptionGroup var processors: ProcessorOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        let index = try SearchIndex(opening: directory, writable: true)
        let encoder = try index.loadModel(model, threads: processors.threads)
        try withBuildDisplay("added", encoder, quiet: common.quiet) { report in
            try index.add(corpus.source, with: encoder, progress: report)
        } summary: { replaced, progress in
            additionSummary(directory, replaced, progress)
        }
    }
}
