import ArgumentParser
import BiEncoder
import Contrastive
import Glibc
import JSON
import Records
import SemanticSearch
import Tensors

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Fine-tune a model on pairs of texts that belong together.",
        discussion: """
            Examples:
              kotae train --pairs pairs.jsonl --to my-model
              kotae train --pairs pairs.jsonl --corpus faq.jsonl --to my-model --epochs 8
              kotae train --pairs sts.csv --score-field similarity --loss bsc+mse --to my-model
              kotae train --config my-model/training/config.yaml --to other-model
              kotae train --pairs pairs.jsonl --to my-model --resume
              kotae train --unlabelled faq.jsonl --to my-model

            Pairs are JSON Lines, CSV or TSV with the fields query and positive (or anchor and \
            positive, sentence1 and sentence2, question and answer), or query and positive_id with \
            --corpus; optional are negatives, label (0 or 1) and score (graded similarity). Without \
            --dev, a tenth of the pairs is held out to judge the model. The folder is a \
            sentence-transformers model; training/index.html in it shows how the training went.
            """)

    @OptionGroup(title: "Data") var data: TrainingDataOptions
    @OptionGroup(title: "Loss") var loss: LossOptions
    @OptionGroup(title: "Batches") var batches: BatchOptions
    @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions
    @OptionGroup(title: "Judging") var judging: JudgingOptions

    @Option(help: ArgumentHelp("The folder of the trained model.", valueName: "dir"))
    var to: String?

    @Option(help: ArgumentHelp(
        "A YAML file with any of these options, which those given here override.",
        discussion: "That of a model holds the sizes and the threads that its training came to.", valueName: "file"))
    var config: String?

    @Flag(help: "Go on with an interrupted training, if there is one.")
    var resume = false

    @Flag(help: "Replace a model that exists and, without --resume, start anew where a training was interrupted.")
    var overwrite = false

    @Flag(help: "One JSON object with the result.")
    var json = false

    @OptionGroup var model: ModelOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        // What a configuration adds is checked with it.
        guard config == nil else { return }
        if to == nil { throw ValidationError("give --to DIR, the folder of the trained model") }
        try data.check()
        do { try settings.validate() } catch { throw ValidationError("\(error)") }
    }

    /// Where the model goes.
    private var folder: TrainingFolder { TrainingFolder(to ?? "") }

    var settings: TrainingSettings {
        var settings = TrainingSettings()
        loss.apply(to: &settings)
        batches.apply(to: &settings)
        optimizer.apply(to: &settings)
        judging.apply(to: &settings)
        return settings
    }

    func run() throws {
        guard config != nil else { return try train() }
        let own = CommandLine.arguments.dropFirst().drop { $0 != "train" }.dropFirst()
        let command = try TrainCommand.parse(ConfigurationFile.merged(Array(own)))
        if let config = command.config {
            throw ValidationError("a configuration has no configuration of its own, such as \(config)")
        }
        try command.train()
    }

    private func train() throws { try show(trained()) }

    /// What a training is made of.
    private func prepare(
        in folder: TrainingFolder
    ) throws -> (data: TrainingData, encoder: BiEncoder, trainer: Trainer) {
        // Some minutes long, and not alone on the machine.
        BriefWaits.orSleep()
        let data = try self.data.read(metric: judging.metric, seed: optimizer.seed)
        let encoder = try BiEncoder(
            training: ModelLibrary().folder(of: model.model), precision: model.precision,
            threads: model.processors.threads, maximumLength: model.maxLength,
            prompts: model.prompts.choice, frozenLayers: optimizer.freezeLayers)
        var settings = self.settings
        // A handful of pairs is one batch.
        if batches.batchSize == nil {
            settings.batchSize = min(settings.batchSize, max(2, data.count))
        }
        if batches.groupSize == nil { settings.groupSize = min(settings.groupSize, settings.batchSize) }
        let trainer = try Trainer(
            encoder, training: data.training, development: data.development,
            unlabelled: data.unlabelled, settings: settings, folder: folder)
        return (data, encoder, trainer)
    }

    /// What trials of a search must have in common, and how many pairs, or texts, they learn from.
    func identity() throws -> (data: JSONValue, count: Int) {
        let (data, _, trainer) = try prepare(in: folder)
        guard data.development != nil else {
            throw TrainingError("", "there are no development pairs to judge trials by; give --dev FILE")
        }
        return (trainer.dataIdentity, data.count)
    }

    /// The best development score of a training whose model is not kept; nil when its loss became no
    /// number.
    func trial(epochs: Int, seed: UInt64, in folder: String) throws -> Double? {
        var command = self
        // What is held out is the same for all.
        command.data.splitSeed = optimizer.seed
        command.optimizer.epochs = epochs
        command.optimizer.seed = seed
        let (_, _, trainer) = try command.prepare(in: TrainingFolder(folder))
        return try trainer.runTrial()
    }

    /// Trains and writes the model's folder.
    ///
    /// - Parameter describing: whether to tell what it learns from.
    func trained(describing: Bool = true) throws -> TrainingResult {
        // A limit on the size of files should give an error like a full disk, not end the process.
        signal(SIGXFSZ, SIG_IGN)
        let folder = self.folder
        try folder.check(resume: resume, overwrite: overwrite)
        let (data, encoder, trainer) = try prepare(in: folder)
        trainer.checkpointInterval = judging.checkpointSeconds
        if describing, !common.quiet { describe(data, trainer, encoder) }
        var report = TrainingReport(quiet: common.quiet, epochs: optimizer.epochs)
        let lock = try folder.lock()
        // Another training may have ended since.
        try folder.check(resume: resume, overwrite: overwrite)
        let result = try trainer.run(resume: resume) { report.show($0) }
        report.finish()
        let trained = data.training
        try TrainedModel(
            encoder, result, trainer.settings, summary: PairSummary(trained), unlabelled: data.unlabelled.count,
            files: self.data.learnedFiles, overlaps: data.overlaps,
            texts: trained.pairs.flatMap { pair in
                [trained.queries[pair.query], trained.passages[pair.passage]]
                    + pair.negatives.map { trained.passages[$0] }
            } + data.unlabelled,
            configuration: configuration(of: trainer, encoder), folder: folder
        ).write()
        withExtendedLifetime(lock) {}
        return result
    }

    private func describe(_ data: TrainingData, _ trainer: Trainer, _ encoder: BiEncoder) {
        let summary = PairSummary(data.training)
        if summary.pairs > 0 {
            note(
                "\(grouped(summary.pairs)) training pairs: \(grouped(summary.positives)) belong together, "
                    + "\(grouped(summary.labelledNegatives)) labelled negatives, "
                    + "\(grouped(summary.hardNegatives)) hard negatives; "
                    + "\(grouped(summary.distinctQueries)) distinct queries, "
                    + "\(grouped(summary.distinctPassages)) distinct passages"
                    + (summary.duplicates > 0 ? ", \(grouped(summary.duplicates)) duplicate pairs" : ""))
        }
        if !data.unlabelled.isEmpty { note("\(grouped(data.unlabelled.count)) unlabelled texts") }
        if let range = data.scoreRange {
            note("scores from \(range.lowerBound) to \(range.upperBound), scaled to 0 to 1")
        }
        let lengths = trainer.tokenCounts
        note(
            "tokens a text: \(decimal(lengths.mean, 1)) on average, \(lengths.largest) at most"
                + (lengths.truncated > 0
                    ? "; \(grouped(lengths.truncated)) texts are cut at \(encoder.maximumLength)" : ""))
        if let development = data.development {
            note("\(grouped(development.pairs.count)) development pairs judge the model")
        } else {
            note("no development pairs: the last weights are kept, unjudged")
        }
        for warning in data.warnings { note("note: \(warning)") }
    }

    private func show(_ result: TrainingResult) throws {
        if json {
            print(result.json(folder: folder.path))
            return
        }
        guard let metric = result.metric, let base = result.baseScore, let best = result.bestScore
        else {
            print("\(folder.path): trained for \(grouped(result.steps)) steps")
            return
        }
        print("\(metric.title) on \(grouped(result.judged)) development items")
        print("  before  \(decimal(base, 4))")
        if result.keptStep == 0 {
            print("  after   \(decimal(base, 4))  (nothing beat the base model, whose weights were kept)")
        } else {
            print("  after   \(decimal(best, 4))  (step \(grouped(result.keptStep)) of \(grouped(result.steps)))")
        }
        print("\(folder.path): the trained model")
    }
}
