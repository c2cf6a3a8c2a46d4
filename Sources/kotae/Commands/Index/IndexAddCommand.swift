import ArgumentParser
import BiEncoder
import Files
import Glibc
import JSON
import SemanticSearch
import Tensors

struct IndexAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add documents to an index, in place of those with the same ids.",
        discussion: """
            Examples:
              kotae index add faq --corpus new.csv
              echo '{"id": "vpn-7", "question": "Why does the VPN drop?"}' | kotae index add faq --corpus -
              tail -f changes.jsonl | kotae index add faq --corpus - --each

            When it is said that documents were added, they are on the disk and every search finds \
            them; until then none does. Searches go on meanwhile. Now and then the command goes on \
            to write the FAISS file anew, with what was added; it may be stopped at that.

            With --each every document is added by itself as soon as it is read, and then a line is \
            printed: {"id", "replaced"}. It then uses one processor unless --threads says otherwise. \
            An error ends the command; what was printed before stays added.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @OptionGroup var corpus: CorpusOptions

    @Flag(help: "Add every document by itself as soon as it is read, and print a line of JSON for it.")
    var each = false

    @Option(name: .shortAndLong, help: "The model of the index, if it has moved.")
    var model: String?

    @OptionGroup var processors: ProcessorOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        let index = try SearchIndex(opening: directory, writable: true, loadsVectors: false)
        // A text at a time gains little by several threads, and beside searches it loses.
        let encoder = try index.loadModel(model, threads: processors.threads ?? (each ? 1 : nil))
        if each { return try addEach(to: index, encoder) }
        try withBuildDisplay("added", encoder, quiet: common.quiet) { report in
            try index.add(corpus.source, with: encoder, progress: report)
        } summary: { replaced, progress in
            additionSummary(directory, replaced, progress)
        }
        index.foldIfNeeded(quiet: common.quiet)
    }

    /// Another process may add a large file meanwhile.
    private static let patience = Duration.seconds(3_600)

    private func addEach(to index: SearchIndex, _ encoder: BiEncoder) throws {
        Arithmetic.shareProcessors()
        let folding = BackgroundFolding(of: index) { [quiet = common.quiet] result in
            index.tellOfFolding(result, quiet: quiet)
        }
        defer { folding.finish() }
        for file in corpus.source.files {
            var documents = try DocumentStream(file)
            while let document = try documents.next() {
                let replaced = try index.add([document], with: encoder, patience: Self.patience)
                let line: JSONValue = ["id": .string(document.id), "replaced": .bool(replaced > 0)]
                // At once, and with an error when nobody gets it.
                try writeAll(Array("\(line)\n".utf8), to: STDOUT_FILENO, path: "standard output")
                folding.request()
            }
        }
    }
}
