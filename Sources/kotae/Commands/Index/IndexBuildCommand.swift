import ArgumentParser
import BiEncoder
import SemanticSearch

extension RankingMethod: ExpressibleByArgument {}

struct IndexBuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build an index folder from a corpus, or build it anew.",
        discussion: """
            Examples:
              kotae index build faq --corpus faq.csv
              kotae index build faq --corpus faq.csv --encoding cp932
              kotae index build faq --corpus export.jsonl --question-field title --id-field key
              mysql … | kotae index build faq --corpus - --format tsv

            The corpus is JSON Lines, CSV or TSV with the fields id, question, alternates and answer; \
            others stay with the document. Questions and alternates are embedded. In a table, \
            alternates stand in one cell, separated by | or line breaks. A corpus without ids gets \
            the numbers of its records.

            Texts that have a vector from an earlier build keep it, also of one that failed or was \
            interrupted after the first 2,048 texts. \
            The former index answers until the new one takes over whole.
            """)

    @Argument(help: "The folder; made if missing. It may hold other files.")
    var directory: String

    @OptionGroup var corpus: CorpusOptions

    @Flag(help: "Embed answers too, long ones in parts.")
    var embedAnswers = false

    @Option(
        help: ArgumentHelp(
            "FAISS's kind of index, such as Flat, HNSW32, IVF1024,Flat or IVF1024,PQ48.",
            discussion: """
                Default: Flat (exact) for up to 200,000 different texts, HNSW32 beyond, which in \
                100,000 vectors found 97 % of the ten nearest, and finds more with --ef-search.
                """,
            valueName: "kind"))
    var factory: String?

    @Option(
        help: ArgumentHelp(
            "By what kotae search ranks when it is not told: meaning, words or meaning+words.",
            discussion: "Default: as the index there does, or by meaning.", valueName: "way"))
    var rankBy: RankingMethod?

    @OptionGroup var model: ModelOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let encoder = try model.load()
        var options = BuildOptions()
        options.factory = factory
        options.embedsAnswers = embedAnswers
        options.ranking = rankBy
        let start = ContinuousClock.now
        let former = IndexManifest(ofIndexAt: directory)
        try withBuildDisplay("indexed", encoder, quiet: common.quiet) { report in
            try SearchIndex.build(
                at: directory, from: corpus.source, with: encoder, options: options,
                progress: report)
        } summary: { manifest, _ in
            "\(directory): \(grouped(manifest.documents)) documents, "
                + "\(grouped(manifest.passages)) \(embedAnswers ? "texts" : "questions and alternates") in "
                + "\(decimal((ContinuousClock.now - start) / .seconds(1), 1)) s"
        }
        if !common.quiet, former?.calibration != nil,
            IndexManifest(ofIndexAt: directory)?.calibration == nil
        {
            note(
                "\(directory): the threshold of confident answers held for the former model, ranking or texts "
                    + "and is gone; run kotae calibrate again")
        }
    }
}
