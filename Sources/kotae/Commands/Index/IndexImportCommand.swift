import ArgumentParser
import BiEncoder
import SemanticSearch
import Tensors

struct IndexImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make an index of an export, or add its documents to an index.",
        discussion: """
            Examples:
              kotae index import copy faq.jsonl
              gzip -dc faq.jsonl.gz | kotae index import copy -
              kotae index import faq more.jsonl --quiet

            The file is what kotae index export writes. Documents replace those with the same ids. \
            Vectors in the file are taken as they are, after a check that they are the model's and \
            of length 1; documents without are embedded. When anything is wrong, the line is told \
            and nothing is written.

            For a new folder, the model is by default the one that the file's header names.
            """)

    @Argument(help: "The index folder; made if missing.")
    var directory: String

    @Argument(help: ArgumentHelp("The export, or - for standard input.", valueName: "file"))
    var file: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A model's folder, or its name among the installed ones (default: the index's, or the file's).",
            valueName: "model"))
    var model: String?

    @Option(help: "For a new folder: arithmetic of the matrix products (default: the file's, or f32).")
    var precision: Precision?

    @Option(
        help: ArgumentHelp(
            "For a new folder: read at most this many tokens of a text (default: the file's).",
            valueName: "tokens"))
    var maxLength: Int?

    @Option(
        help: ArgumentHelp(
            "For a new folder: prefixes of questions and entries (default: the file's); see kotae index build.",
            valueName: "prompts"))
    var prompts: PromptChoice?

    @Flag(help: "For a new folder, of a file without vectors: embed answers too.")
    var embedAnswers = false

    @Option(
        help: ArgumentHelp(
            "For a new folder: FAISS's kind of index; see kotae index build.", valueName: "kind"))
    var factory: String?

    @OptionGroup var processors: ProcessorOptions

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let maxLength, maxLength < 2 {
            throw ValidationError("--max-length must be at least 2, not \(maxLength)")
        }
    }

    func run() throws {
        let export = try ExportFile(path: file)
        if SearchIndex.exists(at: directory) { try add(export) } else { try build(export) }
    }

    private func build(_ export: ExportFile) throws {
        if embedAnswers, export.header?.embedsAnswers == false {
            throw ValidationError("--embed-answers: the header of \(file) says that answers are not embedded")
        }
        let header = export.header
        let encoder = try BiEncoder(
            modelAt: ModelLibrary().folder(of: model ?? header?.modelName),
            precision: precision ?? header.flatMap { Precision(rawValue: $0.precision) } ?? .f32,
            threads: processors.threads, maximumLength: maxLength ?? header?.maximumLength,
            prompts: prompts ?? header?.prompts ?? .automatic)
        var options = BuildOptions()
        options.factory = factory
        options.embedsAnswers = embedAnswers
        try withProgress(encoder) { report in
            _ = try SearchIndex.build(
                at: directory, importing: export, with: encoder, options: options, progress: report)
            return 0
        }
    }

    private func add(_ export: ExportFile) throws {
        let given = [
            (precision != nil, "--precision"), (maxLength != nil, "--max-length"),
            (prompts != nil, "--prompts"),
            (embedAnswers, "--embed-answers"), (factory != nil, "--factory"),
        ]
        if let (_, option) = given.first(where: \.0) {
            throw ValidationError("\(option) is for a new folder, and \(directory) has an index")
        }
        let index = try SearchIndex(opening: directory, writable: true)
        let encoder = try index.loadModel(model, threads: processors.threads)
        try withProgress(encoder) { report in
            try index.add(importing: export, with: encoder, progress: report)
        }
        index.foldIfNeeded(quiet: common.quiet)
    }

    /// - Parameter body: imports, and returns how many documents were replaced.
    private func withProgress(
        _ encoder: BiEncoder, _ body: ((BuildProgress) -> Void) throws -> Int
    ) throws {
        try withBuildDisplay("imported", encoder, quiet: common.quiet, body) { replaced, progress in
            additionSummary(directory, replaced, progress)
        }
    }
}
