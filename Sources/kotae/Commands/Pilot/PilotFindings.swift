import BiEncoder
import Evaluation
import Pilot
import SemanticSearch

/// What a pilot's candidates found on its questions.
struct PilotFindings {
    let evaluation: PilotEvaluation
    /// In the order of a report.
    let judged: [PilotEvaluation.Judged]
    let chosen: PilotEvaluation.Judged
    /// Whether answers are searched by meaning beside questions.
    let embedsAnswers: Bool
    let bootstrap: Bootstrap
    private let data: PilotData
    private let base: BiEncoder
    private let tuned: BiEncoder?
    /// Of models that learned from parts of the pairs: how many, and the metric of each question.
    private let portions: [(pairs: Int, values: [Double])]
    private let quiet: Bool

    /// - Parameters:
    ///   - tuned: the fine-tuned model; nil when none beat the base model.
    ///   - portions: models that learned from fewer pairs.
    init(
        folder: PilotFolder, data: PilotData, base: BiEncoder, tuned: BiEncoder?,
        portions: [(pairs: Int, model: BiEncoder)], metric: RankingMetric, seed: UInt64, quiet: Bool
    ) throws {
        var bootstrap = Bootstrap()
        bootstrap.seed = seed
        let evaluation = try PilotEvaluation(folder, data, metric: metric, bootstrap: bootstrap, quiet: quiet)
        func system(_ encoder: BiEncoder, _ embedsAnswers: Bool) throws -> RankingSystem {
            try RankingSystem(encoder, over: data.documents, embedsAnswers: embedsAnswers, quiet: quiet)
        }
        // Whichever finds more with the base model on development questions.
        var embedsAnswers = false
        if data.documents.contains(where: { $0.answer?.isEmpty == false }) {
            let without = try evaluation.development(system(base, false))
            let with = try evaluation.development(system(base, true))
            embedsAnswers = with > without
            if !quiet {
                note(
                    "answers searched by meaning too: \(metric) \(decimal(with, 4)) on development questions, "
                        + "\(decimal(without, 4)) without: \(embedsAnswers ? "they are" : "they are not")")
            }
        }
        var judged: [PilotEvaluation.Judged] = []
        func ask(_ encoder: BiEncoder, _ kinds: [PilotReport.Candidate.Kind]) throws {
            let system = try system(encoder, embedsAnswers)
            let path = encoder.folder.path
            let name = path.hasPrefix(folder.path) ? path : ModelFolder.name(of: path)
            for kind in kinds {
                judged.append(try evaluation.judge(kind, model: kind == .keywords ? nil : name, system))
                guard let last = judged.last, !quiet else { continue }
                let scores = last.candidate.all.values[0]
                note("\(kind.rawValue): \(scores.metric.name) \(decimal(scores.estimate.value, 3))")
            }
        }
        try ask(base, [.keywords, .base, .keywordsAndBase])
        if let tuned { try ask(tuned, [.tuned, .keywordsAndTuned]) }
        self.portions = try portions.map { pairs, model in
            (pairs, try evaluation.values(system(model, embedsAnswers)))
        }
        let best = PilotReport.Candidate.best(
            of: judged.map(\.candidate), by: .init(metric.description))
        chosen = judged.first { $0.candidate.id == best?.id } ?? judged[0]
        self.evaluation = evaluation
        self.embedsAnswers = embedsAnswers
        self.judged = judged
        self.bootstrap = bootstrap
        self.data = data
        self.base = base
        self.tuned = tuned
        self.quiet = quiet
    }

    private func judged(_ kind: PilotReport.Candidate.Kind) -> PilotEvaluation.Judged? {
        judged.first { $0.candidate.kind == kind }
    }

    /// The chosen candidate against each other one, and what fine-tuning brought.
    func comparisons() throws -> [PilotReport.Comparison] {
        var pairs = judged.filter { $0.candidate.id != chosen.candidate.id }.map { (first: chosen, second: $0) }
        if let tuned = judged(.tuned), let base = judged(.base),
            chosen.candidate.kind != .tuned, chosen.candidate.kind != .base
        {
            pairs.append((tuned, base))
        }
        return try evaluation.comparisons(pairs)
    }

    /// Builds the chosen candidate's index.
    func buildIndex(at path: String) throws -> RankingSystem {
        let kind = chosen.candidate.kind
        return try RankingSystem(
            kind.isTuned ? tuned ?? base : base, over: data.documents, embedsAnswers: embedsAnswers,
            keptAt: path, ranking: kind.ranking, quiet: quiet)
    }

    /// The base model, the portions and the whole; nil without portions.
    func learningCurve(pairs: Int) throws -> PilotReport.LearningCurve? {
        guard let last = portions.last, let base = judged(.base), let tuned = judged(.tuned) else { return nil }
        let points = [(0, base.values)] + portions.map { ($0.pairs, $0.values) } + [(pairs, tuned.values)]
        return PilotReport.LearningCurve(
            points: try points.map { .init(pairs: $0.0, score: try evaluation.estimate($0.1)) },
            questions: base.values.count,
            lastGain: try evaluation.estimate(zip(tuned.values, last.values).map { $0 - $1 }))
    }

    /// How many questions are shown, and how many results of each.
    private static let hardest = (questions: 10, results: 3)

    /// The questions that the chosen candidate answers worst.
    func hardest() -> [PilotReport.HardQuestion] {
        let queries = evaluation.heldOut
        let order = chosen.values.indices.sorted { (chosen.values[$0], $0) < (chosen.values[$1], $1) }
        let texts = Dictionary(data.documents.map { (Array($0.id.utf8), $0.question) }) { first, _ in first }
        func text(_ id: String) -> String { texts[Array(id.utf8)] ?? "" }
        return order.prefix(Self.hardest.questions).filter { chosen.values[$0] < 1 }.map { row in
            let id = queries.ids[row]
            let wanted = queries.qrels.judgements(of: id).filter { $0.relevance > 0 }.map(\.document)
            let ids = Set(wanted.map { Array($0.utf8) })
            let found = chosen.run.results(of: id) ?? []
            return PilotReport.HardQuestion(
                question: queries.texts[row], wanted: wanted.map { .init(id: $0, text: text($0)) },
                found: found.filter { !ids.contains(Array($0.document.utf8)) }.prefix(Self.hardest.results).map {
                    .init(id: $0.document, text: text($0.document), score: Double($0.score))
                },
                rank: found.firstIndex { ids.contains(Array($0.document.utf8)) }.map { $0 + 1 })
        }
    }
}
