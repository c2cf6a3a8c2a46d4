import ArgumentParser
import Records
import SemanticSearch

extension RecordFormat: ExpressibleByArgument {}

/// Which files documents come from, and how to read them.
struct CorpusOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The corpus: .jsonl, .csv or .tsv, or - for standard input; may be repeated.",
            valueName: "file"))
    var corpus: [String]

    @Option(help: "The corpus's format, where its name does not tell it: jsonl (the default for pipes), csv or tsv.")
    var format: RecordFormat?

    @OptionGroup var encoding: EncodingOption

    @Option(help: ArgumentHelp("The field of the id.", valueName: "name"))
    var idField: String?

    @Option(help: ArgumentHelp("The field of the question.", valueName: "name"))
    var questionField: String?

    @Option(help: ArgumentHelp("The field of other ways to ask it.", valueName: "name"))
    var alternatesField: String?

    @Option(help: ArgumentHelp("The field of the answer.", valueName: "name"))
    var answerField: String?

    /// All files as one corpus.
    var source: CorpusFiles {
        let fields = CorpusFields(
            id: idField, question: questionField, alternates: alternatesField, answer: answerField)
        return CorpusFiles(
            corpus.map { CorpusFile(path: $0, format: format, encoding: encoding.value, fields: fields) })
    }
}
