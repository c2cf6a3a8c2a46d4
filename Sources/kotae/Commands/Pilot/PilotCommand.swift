import ArgumentParser
import BiEncoder
import Contrastive
import Crypto
import Evaluation
import Files
import Foundation
import Glibc
import JSON
import Pilot
import Records
import SemanticSearch
import Tensors

extension ReportLanguage: ExpressibleByArgument {}

struct PilotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pilot",
        abstract: "The first project by one command: train, choose, index, and report what it is worth.",
        discussion: """
            Examples:
              kotae pilot --corpus faq.csv --pairs pairs.jsonl --to pilot
              kotae pilot --corpus faq.csv --encoding cp932 --pairs pairs.csv --to pilot --language ja
              kotae pilot --corpus faq.jsonl --pairs pairs.jsonl --to pilot --costs costs.yaml --minutes 30

            Holds out a fifth of the questions and puts them, once, to keyword search, the base model, a \
            model fine-tuned on the others, and their fusions. The winner's index is in PILOT/index, with \
            a threshold for confident answers where one is found, and PILOT/report.html tells what it is \
            worth. Run it again with the same options to go on where it stopped.

            A costs file is YAML: inquiries_per_month, minutes_per_inquiry and suggestion_share (of \
            contacts, who see the suggestion), and optionally answerable_share, resolved_share, \
            cost_per_inquiry or cost_per_hour, labelling_cost, setup_cost, running_cost_per_month, currency.
            """)

    @OptionGroup(title: "Corpus") var corpus: CorpusOptions

    @Option(help: ArgumentHelp("Questions with the entries that answer them: .jsonl, .csv or .tsv; may be repeated.", valueName: "file"))
    var pairs: [String] = []

    @Option(help: ArgumentHelp("Queries, with --qrels: {\"id\", \"text\"} a line.", valueName: "file"))
    var queries: String?

    @Option(help: ArgumentHelp("Which entries answer them, as TREC or BEIR write it.", valueName: "file"))
    var qrels: String?

    @Option(help: ArgumentHelp("Pairs to choose by (default: 15 % of the questions).", valueName: "file"))
    var dev: String?

    @Option(help: ArgumentHelp("Pairs held out for the figures (default: 20 % of the questions).", valueName: "file"))
    var heldOut: String?

    @OptionGroup(title: "Fields of pairs") var fields: PairFieldOptions

    @Option(help: ArgumentHelp("The folder of what it leaves.", valueName: "dir"))
    var to: String

    @Option(help: ArgumentHelp("How long to train, mine and search for settings; the learning curve and the figures come on top.", valueName: "n"))
    var minutes = 10.0

    @Option(help: "Arithmetic of the trainings (default: bf16, which is faster by half, where the processor has it).")
    var trainingPrecision: Precision?

    @Option(help: ArgumentHelp("The metric that decides.", valueName: "name"))
    var metric = "MRR"

    @Option(help: ArgumentHelp("Questions that no entry answers (default: entries are left out instead).", valueName: "file"))
    var unanswerable: String?

    @Option(help: ArgumentHelp("The share of answers shown that are to be right.", valueName: "share"))
    var answerPrecision = 0.9

    @Option(help: ArgumentHelp("How sure that is to be.", valueName: "share"))
    var answerConfidence = 0.9

    @Option(help: ArgumentHelp("What inquiries cost, as YAML, for the business figures.", valueName: "file"))
    var costs: String?

    @Option(help: "The report's language.")
    var language: ReportLanguage = .english

    @Option(help: ArgumentHelp("The report's name (default: the corpus's).", valueName: "text"))
    var name: String?

    @Option(help: ArgumentHelp("Decides which questions are held out and everything that is drawn.", valueName: "n"))
    var seed: UInt64 = 1

    @Flag(help: "Begin anew where there is a pilot.")
    var overwrite = false

    @Flag(help: "Print report.json in place of the summary.")
    var json = false

    @OptionGroup var model: ModelOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard pairs.isEmpty != (qrels == nil) else {
            throw ValidationError("give --pairs FILE, or --queries FILE with --qrels FILE")
        }
        if (queries == nil) != (qrels == nil) { throw ValidationError("--queries and --qrels go together") }
        if !(minutes > 0 && minutes.isFinite) { throw ValidationError("--minutes must be above 0, not \(minutes)") }
        for (name, value) in [("--answer-precision", answerPrecision), ("--answer-confidence", answerConfidence)]
        where !(value > 0 && value < 1) {
            throw ValidationError("\(name) is \(value), expected a number between 0 and 1")
        }
        _ = try chosenMetric
    }

    private var chosenMetric: RankingMetric {
        get throws {
            do throws(EvaluationError) { return try RankingMetric(parsing: metric) } catch {
                throw ValidationError(error.reason)
            }
        }
    }

    /// The name that was given, or the corpus's; where that is "corpus" like every other's, its folder's.
    private var title: String {
        let parts = corpus.corpus[0].split(separator: "/").map(String.init)
        let file = parts.last?.split(separator: ".").first.map(String.init) ?? "FAQ"
        return name ?? (file == "corpus" ? parts.dropLast().last { $0 != "." && $0 != ".." } : nil) ?? file
    }

    func run() throws {
        let start = ContinuousClock.now
        let folder = PilotFolder(to)
        try folder.check(overwrite: overwrite)
        // Whatever can be wrong with the input is found before anything is written.
        let costs = try self.costs.map { try Costs(contentsOf: $0) }
        let unanswerable = try self.unanswerable.map {
            try AnswerSample.unanswerable($0, encoding: corpus.encoding.value)
        }
        let base = try model.load()
        let data = try readData()
        step("1/5 Data")
        if !common.quiet { data.notes.forEach(note) }
        let unknown = base.unknownShare(of: data.documents.prefix(1000).lazy.map(\.question))
        if unknown >= Verdict.foreignShare, !common.quiet {
            note(
                "\(decimal(100 * unknown, 0)) % of the questions' tokens are not in the model's vocabulary: it was made for "
                    + "another language; kotae model pull \(Verdict.multilingualModel) fetches one for many")
        }
        let lock = try folder.begin(anew: overwrite)
        defer { withExtendedLifetime(lock) {} }
        try data.write(to: folder)

        step("2/5 Training")
        let store = try TrialStore(folder.trials, identity: identity(base, folder))
        // Of runs that were interrupted.
        let earlier = store.seconds
        let training = PilotTraining(
            folder: folder, model: model, options: trainingOptions, minutes: minutes, seed: seed,
            quiet: common.quiet, store: store)
        let best = try training.run(pairs: data.partition.training.count)
        let portions = try best.map { try training.portions(of: $0, pairs: data.summary.training) } ?? []

        step("3/5 Held-out questions")
        let findings = try PilotFindings(
            folder: folder, data: data, base: base, tuned: best == nil ? nil : loadModel(folder.model),
            portions: try portions.map { ($0.pairs, try loadModel(folder.training($0.name))) },
            metric: chosenMetric, seed: seed, quiet: common.quiet)

        step("4/5 Index")
        let system = try findings.buildIndex(at: folder.index("winner"))
        let confidence = try PilotConfidence(
            system, by: findings.chosen.candidate.kind.ranking, findings.evaluation,
            .init(precision: answerPrecision, confidence: answerConfidence), unanswerable: unanswerable,
            bootstrap: findings.bootstrap)
        if let kept = confidence.kept { try system.index.keep(kept) }

        step("5/5 Report")
        var report = PilotReport(
            name: title, date: String(Date.now.formatted(.iso8601).prefix(10)),
            metric: .init(try chosenMetric.description), questions: findings.evaluation.questions,
            candidates: findings.judged.map(\.candidate), data: data.summary,
            reproduction: try reproduction(base, earlier + (ContinuousClock.now - start) / .seconds(1)))
        report.comparisons = try findings.comparisons()
        report.keptBaseModel = best == nil
        report.unknownShare = unknown
        report.embedsAnswers = findings.embedsAnswers
        report.calibration = confidence.calibration
        report.scores = confidence.scores
        report.hardest = findings.hardest()
        report.learning = try findings.learningCurve(pairs: data.summary.training)
        report.business = costs.map { costs in
            let scores = findings.chosen.candidate.all
            return BusinessCase(
                costs, firstRight: scores[.firstRight], threeRight: scores[.threeRight],
                confident: confidence.answered)
        }
        try folder.move(folder.index("winner"), to: folder.index)
        try DurableFile.write(report.json.indented + "\n", to: folder.report + ".json")
        try DurableFile.write(report.markdown(language), to: folder.report + ".md")
        try DurableFile.write(report.html(language), to: folder.report + ".html")
        try folder.finish()
        print(json ? report.json.description : report.summary(language))
        fflush(nil)
        if !common.quiet {
            note("\(folder.report).html: the report")
            note("\(folder.index): the index; kotae search \(folder.index) asks it")
        }
    }

    private func readData() throws -> PilotData {
        func reader(_ paths: [String]) throws -> PairReader {
            var reader = PairReader(fields: fields.names, positiveFrom: 0.5, corpus: nil, encoding: corpus.encoding.value)
            for path in paths { try reader.read(path) }
            return reader
        }
        var all = try reader(pairs)
        if let queries, let qrels { try all.read(queries: queries, qrels: qrels) }
        return try PilotData(
            corpus: corpus.source, pairs: all, development: dev.map { try reader([$0]) },
            heldOut: heldOut.map { try reader([$0]) }, seed: seed, named: pairs.first ?? qrels ?? "")
    }

    private func loadModel(_ path: String) throws -> BiEncoder {
        try BiEncoder(
            modelAt: path, precision: model.precision, threads: model.processors.threads,
            maximumLength: model.maxLength)
    }

    /// What trainings run with.
    private var trainingOptions: [String] {
        let precision: Precision = trainingPrecision ?? (Precision.bf16.isSupported ? .bf16 : .f32)
        var options = ["--precision", precision.rawValue, "--seed", "\(seed)"]
        if let name = model.model { options += ["--model", name] }
        if let length = model.maxLength { options += ["--max-length", "\(length)"] }
        if model.prompts.choice != .automatic { options += ["--prompts", model.prompts.choice.name] }
        if let threads = model.processors.threads { options += ["--threads", "\(threads)"] }
        return options
    }

    /// What a pilot that goes on must have in common with the one that began.
    private func identity(_ base: BiEncoder, _ folder: PilotFolder) throws -> JSONValue {
        var hasher = SHA256()
        for path in [folder.corpus, folder.pairs("training"), folder.development, folder.heldOut] {
            hasher.update(data: try Data(contentsOf: URL(filePath: path)))
        }
        let digest = hasher.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return [
            "kotae": .string(kotaeVersion), "model": .string(try base.fingerprint()), "data": .string(digest),
            "options": .array(trainingOptions.map { .string($0) }), "minutes": .number(minutes),
        ]
    }

    private func reproduction(_ base: BiEncoder, _ seconds: Double) throws -> PilotReport.Reproduction {
        let folder = PilotFolder(to)
        let own = ["kotae"] + CommandLine.arguments.dropFirst().map(shellWord)
        return PilotReport.Reproduction(
            commands: [
                own.joined(separator: " "),
                "kotae evaluate \(shellWord(folder.index)) --pairs \(shellWord(folder.heldOut))",
            ],
            version: kotaeVersion, model: ModelFolder.name(of: base.folder.path),
            fingerprint: try base.fingerprint(), seed: Int(clamping: seed), seconds: seconds)
    }

    private func step(_ text: String) {
        if !common.quiet { note("\n\(text)") }
    }
}

/// A word as a shell takes it for one.
private func shellWord(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            || "-_./=:,+%".utf8.contains(byte)
    }
    return plain && !text.isEmpty ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
