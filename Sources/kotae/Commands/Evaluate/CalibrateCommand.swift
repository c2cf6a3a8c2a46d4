import ArgumentParser
import BiEncoder
import Contrastive
import EmbeddingStore
import Evaluation
import JSON
import SemanticSearch

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Find the score from which an index may show an answer.",
        discussion: """
            Examples:
              kotae calibrate faq --pairs held-out.jsonl --precision 0.9
              kotae calibrate faq --pairs held-out.jsonl --unanswerable off-topic.txt --confidence 0.95

            The threshold is the lowest at which, among as many new answers as the questions at hand have \
            above it, the wanted share is right, as surely as wanted, there and on average near by. Questions \
            that nothing answers come from --unanswerable, one a line or the field text of JSON Lines, CSV or \
            TSV; without it a share of the entries asked for is left out of the search, and their questions have no answer. The threshold is \
            kept in the index \
            for its model: kotae search then says when there is no confident answer. It is one of the cosine, \
            or of the BM25 score where the index ranks by words, which shifts as entries are added: calibrate \
            such an index again after large changes.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @OptionGroup var data: EvaluationDataOptions

    @Option(help: ArgumentHelp("Questions that the index does not answer.", valueName: "file"))
    var unanswerable: String?

    @Option(help: ArgumentHelp("The share of answers shown that are to be right.", valueName: "share"))
    var precision = 0.9

    @Option(help: ArgumentHelp("How sure that is to be.", valueName: "share"))
    var confidence = 0.9

    @Option(help: ArgumentHelp("Without --unanswerable: the share of the entries asked for that is left out.", valueName: "share"))
    var leftOut = 0.3

    @Option(help: ArgumentHelp("Decides which entries are left out.", valueName: "n"))
    var seed: UInt64 = 42

    @Flag(help: "Tell, and keep nothing.")
    var dryRun = false

    @Flag(help: "One JSON object, with every threshold.")
    var json = false

    @Option(name: .shortAndLong, help: "The model of the index, if it has moved.")
    var model: String?

    @OptionGroup var processors: ProcessorOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try data.check()
        if !data.corpus.isEmpty { throw ValidationError("an index has its documents; --corpus is for a model") }
        for (name, value) in [("--precision", precision), ("--confidence", confidence), ("--left-out", leftOut)]
        where !(value > 0 && value < 1) {
            throw ValidationError("\(name) is \(value), expected a number between 0 and 1")
        }
    }

    func run() throws {
        let system = try RankingSystem(
            index: directory, model: model, precision: .f32, threads: processors.threads,
            writable: !dryRun)
        let queries = try data.rankingQueries(among: IndexDocuments(index: system.index), isIndex: true)
        if !common.quiet {
            queries.notes.forEach(note)
            let unanswered = queries.unanswered.count + queries.ids.count { id in
                !queries.qrels.judgements(of: id).contains { $0.relevance > 0 }
            }
            if unanswered > 0 { note("\(grouped(unanswered)) questions have no answer in the index and are left out") }
        }
        let answers = try AnswerSample(
            of: system, queries, by: system.index.manifest.ranking,
            unanswerable: unanswerable.map { try AnswerSample.unanswerable($0, encoding: data.encoding.value) },
            leftOut: leftOut, seed: seed)
        let least = AnswerConfidence.leastAnswers(precision: precision, confidence: confidence)
        guard answers.answers.count >= least else {
            throw EvaluationError(
                "\(answers.answers.count) questions are too few: a precision of \(precision) with a confidence of "
                    + "\(confidence) needs \(least < AnswerConfidence.mostNeeded ? "at least" : "more than") "
                    + "\(grouped(least)), all of them answered right")
        }
        let found = answers.confidence
        guard let step = found.step(precision: precision, confidence: confidence) else {
            throw EvaluationError(unreached(found))
        }
        let calibration = Calibration(
            threshold: step.threshold, precision: precision, confidence: confidence,
            coverage: found.coverage(step), questions: found.questions,
            fingerprint: system.index.manifest.model.fingerprint, ranking: system.index.manifest.ranking)
        if !dryRun { try system.index.keep(calibration) }
        if json { print(object(calibration, found)) } else { show(step, found) }
    }

    private func unreached(_ found: AnswerConfidence) -> String {
        var reason = "no threshold reaches a precision of \(precision) with a confidence of \(confidence)"
        if let best = found.surest(precision: precision) {
            let step = best.step
            reason += "; the best is \(decimal(step.threshold, 4)): \(step.right) of \(step.shown) answers are "
                + "right (\(decimal(step.precision, 3))), a confidence of \(decimal(best.confidence, 3))"
        }
        return reason
    }

    // Output

    private func object(_ calibration: Calibration, _ found: AnswerConfidence) -> JSONValue {
        var object = calibration.json.object ?? [:]
        object["kept"] = .bool(!dryRun)
        object["thresholds"] = .array(zip(found.steps, found.confidences(of: precision)).map { step, sureness in
            [
                "threshold": .number(step.threshold), "shown": .integer(step.shown),
                "right": .integer(step.right), "precision": .number(step.precision),
                "coverage": .number(found.coverage(step)),
                "confidence": .number(sureness),
            ]
        })
        return .object(object)
    }

    private func show(_ chosen: AnswerConfidence.Step, _ found: AnswerConfidence) {
        print("\(grouped(found.questions)) questions")
        print("  threshold  coverage  precision  confidence of \(precision)")
        // About twenty steps, evenly over the questions, and the chosen one.
        let every = max(1, found.questions / 20)
        var last = 0
        for (step, sureness) in zip(found.steps, found.confidences(of: precision)) {
            guard step == chosen || step.shown - last >= every || step.shown == found.questions else { continue }
            last = step.shown
            let cells = [
                (decimal(step.threshold, 4), 11), (decimal(found.coverage(step), 3), 10),
                (decimal(step.precision, 3), 11), (decimal(sureness, 3), 12),
            ]
            print(cells.map { padded($0, to: $1, left: true) }.joined() + (step == chosen ? "  ← chosen" : ""))
        }
        print(
            "From \(decimal(chosen.threshold, 4)) on, \(decimal(100 * found.coverage(chosen), 1)) % of the "
                + "questions are answered" + (dryRun ? "." : "; kept in \(directory)."))
    }
}
