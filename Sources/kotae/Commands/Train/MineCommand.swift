import ArgumentParser
import BiEncoder
import Contrastive
import Records
import SemanticSearch

struct MineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mine",
        abstract: "Find hard negatives for pairs, or sheets of likely pairs for a person to mark.",
        discussion: """
            Examples:
              kotae mine --pairs pairs.jsonl --corpus faq.jsonl --output mined.jsonl
              kotae mine --pairs pairs.jsonl --corpus faq.jsonl --review --output sheet.csv
              kotae mine --questions asked.txt --index faq --review --output sheet.csv

            Mined negatives are often false ones, so look at the samples; --review writes the nearest \
            ones as a sheet whose column "correct" takes yes or no. kotae train --pairs reads both.
            """)

    @Option(help: ArgumentHelp("Pairs to mine for; may be repeated.", valueName: "file"))
    var pairs: [String] = []

    @Option(help: ArgumentHelp("Documents to search; may be repeated (default: the pairs' own passages).", valueName: "file"))
    var corpus: [String] = []

    @OptionGroup var encoding: EncodingOption

    @Option(help: ArgumentHelp("Questions without labels, one a line; needs --index and --review.", valueName: "file"))
    var questions: String?

    @Option(help: ArgumentHelp("The index that --questions are asked.", valueName: "dir"))
    var index: String?

    @Flag(help: "Write a sheet for a person to mark.")
    var review = false

    @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file (default: standard output).", valueName: "file"))
    var output: String?

    @Option(name: .customLong("count"), help: ArgumentHelp("Negatives a pair.", valueName: "n"))
    var negatives = HardNegativeMiner().count

    @Option(help: ArgumentHelp("The nearest rank that is looked at, from 1.", valueName: "rank"))
    var fromRank = HardNegativeMiner().ranks.lowerBound

    @Option(help: ArgumentHelp("The farthest rank that is looked at.", valueName: "rank"))
    var toRank = HardNegativeMiner().ranks.upperBound

    @Option(parsing: .unconditional, help: ArgumentHelp("How far below the known answer's score negatives are.", valueName: "number"))
    var margin = HardNegativeMiner().absoluteMargin

    @Option(parsing: .unconditional, help: ArgumentHelp("And by which share of that score.", valueName: "share"))
    var relativeMargin = HardNegativeMiner().relativeMargin

    @Option(help: ArgumentHelp("The most rows of a sheet for pairs.", valueName: "n"))
    var rows = 200

    @Option(help: ArgumentHelp("The field of the query.", valueName: "name"))
    var queryField: String?

    @Option(help: ArgumentHelp("The field of the text that belongs to it.", valueName: "name"))
    var positiveField: String?

    @OptionGroup var model: ModelOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if (questions == nil) == pairs.isEmpty {
            throw ValidationError("give --pairs, or --questions with --index and --review")
        }
        if questions != nil && (index == nil || !review) {
            throw ValidationError("--questions needs --index DIR and --review")
        }
        if negatives < 1 { throw ValidationError("--count must be at least 1, not \(negatives)") }
        if fromRank < 1 || toRank < fromRank {
            throw ValidationError("ranks from \(fromRank) to \(toRank): expected 1 or more, ascending")
        }
        if !(0..<1).contains(relativeMargin) {
            throw ValidationError("--relative-margin is \(relativeMargin), expected a number from 0 to below 1")
        }
        if !margin.isFinite { throw ValidationError("--margin is \(margin), expected a number") }
        if rows < 1 { throw ValidationError("--rows must be at least 1, not \(rows)") }
    }

    func run() throws {
        if let questions, let index { return try reviewQuestions(questions, index) }
        let documents = corpus.isEmpty ? nil : try Corpus(corpus.map { CorpusFile(path: $0, encoding: encoding.value) })
        var reader = PairReader(
            fields: PairFields(query: queryField, positive: positiveField), positiveFrom: 0.5,
            corpus: documents, encoding: encoding.value)
        for path in pairs { try reader.read(path) }
        let set = try reader.pairSet(scoreRange: reader.scoreRange)
        guard set.hasPositives else { throw TrainingError(pairs[0], "no pair belongs together") }
        var miner = HardNegativeMiner()
        miner.ranks = fromRank...toRank
        miner.count = negatives
        miner.absoluteMargin = margin
        miner.relativeMargin = relativeMargin
        let findings = try miner.mine(set, with: model.load())
        if review {
            let sheet = ReviewSheet(nearestTo: findings, of: set, limit: rows)
            try write(sheet.csv)
            tell("\(grouped(sheet.rows.count)) rows to mark with yes or no in the column \"correct\"")
            return
        }
        try write(set.json(with: findings).map { "\($0)\n" }.joined())
        describe(findings, set)
    }

    private func describe(_ findings: [HardNegativeMiner.Finding], _ set: PairSet) {
        guard !common.quiet else { return }
        let mined = findings.reduce(0) { $0 + $1.negatives.count }
        let without = findings.count { $0.negatives.isEmpty }
        note(
            "\(grouped(mined)) negatives for \(grouped(findings.count)) pairs, of which "
                + "\(grouped(without)) have none"
                + (findings.count < set.pairs.count
                    ? "; \(grouped(set.pairs.count - findings.count)) labelled negatives kept as they are" : "")
                + "; left out: "
                + "\(grouped(findings.reduce(0) { $0 + $1.known })) known answers and equal texts, "
                + "\(grouped(findings.reduce(0) { $0 + $1.tooNear.count })) too near to the known answer")
        let margins = findings.flatMap { finding in
            finding.negatives.map { finding.positiveScore - $0.score }
        }.sorted()
        if let first = margins.first, let last = margins.last {
            note(
                "below the known answer by \(decimal(Double(first), 3)) to \(decimal(Double(last), 3)), "
                    + "\(decimal(Double(margins[margins.count / 2]), 3)) in the middle. The nearest:")
        }
        let nearest = findings.filter { !$0.negatives.isEmpty }.sorted {
            $0.positiveScore - $0.negatives[0].score < $1.positiveScore - $1.negatives[0].score
        }
        for finding in nearest.prefix(3) {
            let pair = set.pairs[finding.pair]
            let negative = finding.negatives[0]
            note("  query     \(set.queries[pair.query])")
            note("  known     \(decimal(Double(finding.positiveScore), 3))  \(set.passages[pair.passage])")
            note("  negative  \(decimal(Double(negative.score), 3))  \(set.passages[negative.passage])\n")
        }
    }

    private func reviewQuestions(_ path: String, _ directory: String) throws {
        let index = try SearchIndex(opening: directory)
        let encoder = try model.load(fallback: index.manifest.model.path)
        try index.check(encoder)
        var lines = try LineReader(path: path, encoding: encoding.value)
        var rows: [ReviewSheet.Row] = []
        while let line = try lines.next() {
            guard line.utf8.contains(where: { $0 > 0x20 }) else { continue }
            rows += try index.search(line, with: encoder, limit: 5).map { hit in
                ReviewSheet.Row(
                    query: line, candidate: hit.passage, id: hit.document.id, score: hit.score,
                    context: hit.document.answer ?? hit.document.question)
            }
        }
        guard !rows.isEmpty else { throw RecordError(path: path, reason: "there are no questions in this file") }
        try write(ReviewSheet(rows: rows, contextName: "answer").csv)
        tell("\(grouped(rows.count)) rows to mark with yes or no in the column \"correct\"")
    }

    private func write(_ text: String) throws {
        let file = try OutputFile(path: output)
        try file.write(Array(text.utf8))
        try file.finish()
    }

    private func tell(_ text: String) {
        if !common.quiet { note(text) }
    }
}
