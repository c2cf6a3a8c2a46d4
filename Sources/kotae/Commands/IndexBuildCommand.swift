import ArgumentParser
import BiEncoder
import Records
import SemanticSearch

extension RecordFormat: ExpressibleByArgument {}

struct IndexBuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build an index folder from a corpus, or build it anew.",
        discussion: """
            Examples:
              kotae index build faq --corpus faq.csv
              kotae index build faq --corpus export.jsonl --question-field title --id-field key

            The corpus is JSON Lines, CSV or TSV with the fields id, question, alternates and answer; \
            others stay with the document. Questions and alternates are embedded. In a table, \
            alternates stand in one cell, separated by | or line breaks. A corpus without ids gets \
            the numbers of its records.
            """)

    @Argument(help: "The folder; made if missing. It may hold other files.")
    var directory: String

    @Option(
        help: ArgumentHelp(
            "The corpus: .jsonl, .csv or .tsv, or - for standard input.", valueName: "file"))
    var corpus: String

    @Option(help: "The corpus's format, where its name does not tell it: jsonl (the default for pipes), csv or tsv.")
    var format: RecordFormat?

    @Option(help: ArgumentHelp("The field of the id.", valueName: "name"))
    var idField: String?

    @Option(help: ArgumentHelp("The field of the question.", valueName: "name"))
    var questionField: String?

    @Option(help: ArgumentHelp("The field of other ways to ask it.", valueName: "name"))
    var alternatesField: String?

    @Option(help: ArgumentHelp("The field of the answer.", valueName: "name"))
    var answerField: String?

    @OptionGroup var model: ModelOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let source = CorpusFile(
            path: corpus, format: format,
            fields: CorpusFields(
                id: idField, question: questionField, alternates: alternatesField,
                answer: answerField))
        let encoder = try model.load()
        let start = ContinuousClock.now
        var display = Progress("indexed", unit: "documents", quiet: common.quiet)
        var last = BuildProgress()
        let manifest = try SearchIndex.build(at: directory, from: source, with: encoder) { progress in
            last = progress
            display.report(
                done: progress.documents,
                fraction: Double(progress.documents) / Double(max(progress.total, 1)))
        }
        display.finish(done: last.documents)
        guard !common.quiet else { return }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        note(
            "\(directory): \(grouped(manifest.documents)) documents, "
                + "\(grouped(manifest.passages)) questions and alternates in "
                + "\(decimal(seconds, 1)) s (\(grouped(last.embedded)) embedded, "
                + "\(grouped(last.reused)) had a vector)")
        if last.truncated > 0 {
            note(
                "\(grouped(last.truncated)) texts were longer than \(encoder.maximumLength) tokens "
                    + "and were cut there")
        }
    }
}
