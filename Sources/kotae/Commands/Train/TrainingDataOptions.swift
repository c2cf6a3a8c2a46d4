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

    @Option(
        help: "The encoding of pairs and corpus: utf-8, cp932 (Excel in Japan), euc-jp, utf-16, windows-1252, … (iconv -l).")
    var encoding: TextEncoding = .utf8

    @Option(help: ArgumentHelp("Queries to learn from, with --qrels: {\"id\", \"text\"} a line.", valueName: "file"))
    var queries: String?

    @Option(help: ArgumentHelp("Which documents of the corpus answer --queries, as TREC or BEIR write it.", valueName: "file"))
    var qrels: String?

    @Option(help: ArgumentHelp(
        "Texts without labels, one a line, for SimCSE beside the pairs or alone.", valueName: "file"))
    var unlabelled: String?

    @OptionGroup var fields: PairFieldOptions

    @Option(help: ArgumentHelp(
        "The scaled score from which a pair counts as belonging together.", valueName: "share"))
    var positiveFrom = 0.5

    @Flag(help: "Allow texts that stand in both training and development pairs.")
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

    /// - Parameter seed: decides which pairs are held out.
    func read(seed: UInt64) throws -> TrainingData {
        let fields = fields.names
        let corpus = self.corpus.isEmpty ? nil : try Corpus(self.corpus.map { CorpusFile(path: $0, encoding: encoding) })
        var reader = PairReader(fields: fields, positiveFrom: positiveFrom, corpus: corpus, encoding: encoding)
        for path in pairs { try reader.read(path) }
        if let queries, let qrels { try reader.read(queries: queries, qrels: qrels) }
        let range = reader.scoreRange
        let all = try reader.pairSet(scoreRange: range)
        var data = TrainingData(training: all, development: nil, unlabelled: [], scoreRange: range, warnings: [])
        if let unlabelled {
            var lines = try LineReader(path: unlabelled)
            while let line = try lines.next() {
                if line.utf8.contains(where: { $0 > 0x20 }) { data.unlabelled.append(line) }
            }
        }
        if let dev {
            var reader = PairReader(fields: fields, positiveFrom: positiveFrom, corpus: corpus, encoding: encoding)
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
            }
            data.development = development
        } else if devFraction > 0, all.pairs.count >= 2 {
            let split = GroupSplit.split(all, fraction: devFraction, seed: splitSeed ?? seed)
            if split.development.isEmpty || split.training.count < 2 {
                data.warnings.append(
                    "the pairs hang together by shared texts, so none could be held out; give --dev FILE to judge the model")
            } else {
                data.training = all.selecting(split.training)
                data.development = all.selecting(split.development)
            }
        }
        return data
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
}
