import ArgumentParser
import Contrastive
import Records
import SemanticSearch

/// What a training learns from and is judged by.
struct TrainingDataOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Pairs to learn from: .jsonl, .csv or .tsv; may be repeated.", valueName: "file"))
    var pairs: [String] = []

    @Option(help: ArgumentHelp("Pairs to judge the model by.", valueName: "file"))
    var dev: String?

    @Option(help: ArgumentHelp(
        "Without --dev: the share of pairs held out to judge the model; 0 for none.", valueName: "share"))
    var devFraction = 0.1

    @Option(help: ArgumentHelp(
        "Documents that pairs name by id, and that queries are searched in; may be repeated.",
        valueName: "file"))
    var corpus: [String] = []

    @OptionGroup var encoding: EncodingOption

    @Option(help: ArgumentHelp("Queries to learn from, with --qrels: {\"id\", \"text\"} a line.", valueName: "file"))
    var queries: String?

    @Option(help: ArgumentHelp("Which documents of the corpus answer --queries, as TREC or BEIR write it.", valueName: "file"))
    var qrels: String?

    @Option(help: ArgumentHelp(
        "Texts without labels for SimCSE, beside the pairs or alone: one a line, or a corpus (.jsonl, .csv, .tsv).",
        valueName: "file"))
    var unlabelled: String?

    @OptionGroup var fields: PairFieldOptions

    @Option(help: ArgumentHelp(
        "The scaled score from which a pair counts as belonging together.", valueName: "share"))
    var positiveFrom = 0.5

    @Flag(inversion: .prefixedNo, help: "Allow texts that stand in both training and development pairs.")
    var allowOverlap = false

    /// Decides which pairs are held out, where that is not the training's own seed.
    var splitSeed: UInt64?

    private enum CodingKeys: CodingKey {
        case pairs, dev, devFraction, corpus, encoding, queries, qrels, unlabelled, fields, positiveFrom
        case allowOverlap
    }

    func check() throws {
        if pairs.isEmpty && queries == nil && unlabelled == nil {
            throw ValidationError("nothing to learn from: give --pairs FILE, --queries with --qrels, or --unlabelled")
        }
        if (queries == nil) != (qrels == nil) { throw ValidationError("--queries and --qrels go together") }
        if queries != nil && corpus.isEmpty { throw ValidationError("--qrels names documents of a --corpus, which is missing") }
        if !(0..<1).contains(devFraction) {
            throw ValidationError("--dev-fraction is \(devFraction), expected a number from 0 to below 1")
        }
        if !(0...1).contains(positiveFrom) {
            throw ValidationError("--positive-from is \(positiveFrom), expected a number from 0 to 1")
        }
    }

    /// What is learned from, without the folders.
    var learnedFiles: [String] {
        (pairs + [queries, qrels, unlabelled].compactMap(\.self)).map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    }

    /// - Parameters:
    ///   - metric: by which the model is to be judged; nil for the one that fits.
    ///   - seed: decides which pairs are held out.
    func read(metric: DevelopmentMetric?, seed: UInt64) throws -> TrainingData {
        let fields = fields.names
        let corpus = self.corpus.isEmpty ? nil : try Corpus(self.corpus.map { CorpusFile(path: $0, encoding: encoding.value) })
        var reader = PairReader(fields: fields, positiveFrom: positiveFrom, corpus: corpus, encoding: encoding.value)
        for path in pairs { try reader.read(path) }
        if let queries, let qrels { try reader.read(queries: queries, qrels: qrels) }
        let range = reader.scoreRange
        let all = try reader.pairSet(scoreRange: range)
        var data = TrainingData(training: all, development: nil, unlabelled: [], scoreRange: range, warnings: [])
        if let unlabelled { data.unlabelled = try texts(unlabelled) }
        if let dev {
            var reader = PairReader(fields: fields, positiveFrom: positiveFrom, corpus: corpus, encoding: encoding.value)
            try reader.read(dev)
            let development = try reader.pairSet(scoreRange: range ?? reader.scoreRange)
            let shared = PairSummary.shared(all, development, passages: corpus == nil)
            if !shared.isEmpty {
                let shown = shared.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ")
                let message = "\(grouped(shared.count)) texts stand in both training and development pairs, such as \(shown)"
                guard allowOverlap else {
                    throw TrainingError(dev, "\(message); take them out of one, or give --allow-overlap")
                }
                data.warnings.append(message)
                data.overlaps = true
            }
            if let obstacle = (metric ?? DevelopmentMetric(fitting: development)).obstacle(in: development) {
                throw TrainingError(dev, "cannot judge a model: \(obstacle)")
            }
            data.development = development
        } else if devFraction > 0, all.pairs.count >= 2 {
            try data.holdOut(devFraction, metric: metric, seed: splitSeed ?? seed)
        }
        return data
    }

    /// Texts without labels: the lines of a text file, or all texts of a corpus.
    private func texts(_ path: String) throws -> [String] {
        var texts: [String] = []
        if let format = try? RecordFormat(path: path) {
            try CorpusFiles([CorpusFile(path: path, format: format, encoding: encoding.value)]).forEach { document in
                texts += [document.question] + document.alternates + (document.answer.map { [$0] } ?? [])
            }
        } else {
            var lines = try LineReader(path: path, encoding: encoding.value)
            while let line = try lines.next() { texts.append(line) }
        }
        return texts.filter { $0.utf8.contains { $0 > 0x20 } }
    }
}

/// What was read.
struct TrainingData {
    var training: PairSet
    var development: PairSet?
    var unlabelled: [String]
    /// Of the scores as they were written; nil where there are none.
    var scoreRange: ClosedRange<Double>?
    var warnings: [String]
    /// How many pairs there are to learn from, or texts where there are no pairs.
    var count: Int { training.pairs.isEmpty ? unlabelled.count : training.pairs.count }
    /// Whether development pairs have texts that are learned.
    var overlaps = false

    /// Takes a share of the pairs out of training, to judge by, where that is possible.
    mutating func holdOut(_ share: Double, metric: DevelopmentMetric?, seed: UInt64) throws {
        let split = GroupSplit.split(training, fraction: share, seed: seed)
        let held = training.selecting(split.development)
        let obstacle: String? =
            if Double(training.pairs.count) * share < 0.5 {
                "a share of \(share) of \(training.pairs.count) pairs is none"
            } else if split.development.isEmpty || split.training.count < 2 {
                "the pairs hang together by shared texts, so none could be held out"
            } else {
                (metric ?? DevelopmentMetric(fitting: held)).obstacle(in: held).map {
                    "of the \(held.pairs.count) pairs that would be held out \($0)"
                }
            }
        if let obstacle {
            warnings.append("\(obstacle); give --dev FILE to judge the model")
            return
        }
        training = training.selecting(split.training)
        development = held
    }
}
