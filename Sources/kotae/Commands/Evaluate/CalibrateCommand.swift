import ArgumentParser
import BiEncoder
import Contrastive
import EmbeddingStore
import Evaluation
import JSON
import Random
import Records
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
            above it, the wanted share is right, as surely as wanted, there and on average near by. Questions that nothing answers come \
            from --unanswerable, one a line or {"text"} a line; without it a share of the entries asked for is \
            left out of the search, and their questions have no answer. The threshold is kept in the index \
            for its model: kotae search then says when there is no confident answer.
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
        if !common.quiet { queries.notes.forEach(note) }
        let answers = try answers(system, queries)
        let least = AnswerConfidence.leastAnswers(precision: precision, confidence: confidence)
        guard answers.count >= least else {
            throw EvaluationError(
                "\(answers.count) questions are too few: a precision of \(precision) with a confidence of "
                    + "\(confidence) needs at least \(least), all of them answered right")
        }
        let found = AnswerConfidence(answers)
        guard let step = found.step(precision: precision, confidence: confidence) else {
            throw EvaluationError(unreached(found))
        }
        let calibration = Calibration(
            threshold: step.threshold, precision: precision, confidence: confidence,
            coverage: found.coverage(step), questions: found.questions,
            fingerprint: system.index.manifest.model.fingerprint)
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

    // Questions

    /// The best answer to every question, and whether it is right.
    private func answers(
        _ system: RankingSystem, _ queries: RankingQueries
    ) throws -> [(score: Double, isRight: Bool)] {
        let relevant = queries.ids.map { id in
            Set(queries.qrels.judgements(of: id).filter { $0.relevance > 0 }.map { Array($0.document.utf8) })
        }
        let judged = queries.ids.indices.filter { !relevant[$0].isEmpty }
        guard !judged.isEmpty else { throw EvaluationError("no question has an answer in the index") }
        let hidden = unanswerable == nil ? hiddenDocuments(judged.map { relevant[$0] }) : []
        var texts = judged.map { queries.texts[$0] }
        let others = try unanswerable.map(unanswerableQuestions) ?? []
        texts += others
        let rankings = try system.index.rankings(
            of: texts, system.embed(texts), by: .meaning,
            options: SearchOptions(limit: hidden.count + 1))
        return zip(rankings, judged.map { relevant[$0] } + others.map { _ in [] }).compactMap { ranking, relevant in
            ranking.first { !hidden.contains(Array($0.id.utf8)) }
                .map { (Double($0.score), relevant.contains(Array($0.id.utf8))) }
        }
    }

    /// Documents that are left out of the search: a share of those asked for, and whatever else answers
    /// the same questions.
    private func hiddenDocuments(_ relevant: [Set<[UInt8]>]) -> Set<[UInt8]> {
        var random = SeededGenerator(seed: seed)
        var documents = Set(relevant.joined()).sorted { $0.lexicographicallyPrecedes($1) }
        documents.shuffle(using: &random)
        let chosen = Set(documents.prefix(Int((Double(documents.count) * leftOut).rounded())))
        return relevant.filter { !$0.isDisjoint(with: chosen) }.reduce(into: chosen) { $0.formUnion($1) }
    }

    private func unanswerableQuestions(_ path: String) throws -> [String] {
        if let format = try? RecordFormat(path: path), format == .jsonl {
            return try EvaluationDataOptions.readTexts(path)
        }
        var lines = try LineReader(path: path)
        var texts: [String] = []
        while let line = try lines.next() {
            if line.utf8.contains(where: { $0 > 0x20 }) { texts.append(line) }
        }
        guard !texts.isEmpty else { throw RecordError(path: path, reason: "there are no questions in this file") }
        return texts
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
