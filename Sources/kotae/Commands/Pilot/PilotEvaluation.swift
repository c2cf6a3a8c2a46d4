import Contrastive
import Evaluation
import Pilot
import SemanticSearch

/// Puts a pilot's questions to its candidates.
///
/// Development questions choose; the held-out ones are asked once, for the figures.
struct PilotEvaluation {
    let development: RankingQueries
    let heldOut: RankingQueries
    /// By which candidates are chosen and compared.
    let metric: RankingMetric
    /// Held-out questions, by their numbers, on entries that were learned and on the others.
    private let seen: [Int]
    private let unseen: [Int]
    private let bootstrap: Bootstrap
    private let quiet: Bool

    /// How many documents are ranked for each question.
    private static let depth = 1000
    /// Of the curve of recall.
    private static let cutoffs = [1, 3, 5, 10, 20, 100]
    /// Of the tables, besides the metric that chooses.
    private static let shown = ["MRR", "HasPositives@1", "HasPositives@3", "HasPositives@5", "nDCG@10", "MAP"]

    /// - Parameter partition: tells which held-out questions are seen.
    init(
        _ folder: PilotFolder, _ data: PilotData, metric: RankingMetric, bootstrap: Bootstrap, quiet: Bool
    ) throws {
        func queries(_ path: String) throws -> RankingQueries {
            try EvaluationDataOptions.parse(["--pairs", path]).rankingQueries(among: data.documents, isIndex: true)
        }
        development = try queries(folder.development)
        heldOut = try queries(folder.heldOut)
        self.metric = metric
        self.bootstrap = bootstrap
        self.quiet = quiet
        let learned = Set(data.partition.seen.map { Array($0.utf8) })
        let isSeen = heldOut.texts.map { learned.contains(Array($0.utf8)) }
        seen = isSeen.indices.filter { isSeen[$0] }
        unseen = isSeen.indices.filter { !isSeen[$0] }
    }

    var questions: PilotReport.Questions {
        PilotReport.Questions(all: heldOut.ids.count, seen: seen.count, unseen: unseen.count)
    }

    /// A candidate with what it found on the held-out questions.
    struct Judged {
        let candidate: PilotReport.Candidate
        let run: Run
        /// The metric of each held-out question.
        let values: [Double]
    }

    /// Asks a system one way.
    func judge(
        _ kind: PilotReport.Candidate.Kind, model: String?, _ system: RankingSystem
    ) throws -> Judged {
        let chosen = try evaluation(
            of: run(development, system, kind.ranking), development, [metric])
        let run = try run(heldOut, system, kind.ranking)
        let metrics = try self.metrics
        let recall = try Self.cutoffs.map { try RankingMetric(parsing: "recall@\($0)") }
        let found = try evaluation(of: run, heldOut, metrics + recall)
        let scores = try estimates(found, rows: Array(found.queries.indices))
        func part(_ rows: [Int]) throws -> PilotReport.Scores? {
            rows.isEmpty || rows.count == found.queries.count
                ? nil : Self.scores(metrics, try estimates(found, rows: rows))
        }
        let candidate = PilotReport.Candidate(
            kind, model: model, development: chosen.means[0], all: Self.scores(metrics, scores),
            seen: try part(seen), unseen: try part(unseen),
            recall: zip(Self.cutoffs, scores.suffix(recall.count)).map { .init(k: $0, recall: $1) })
        return Judged(candidate: candidate, run: run, values: found.values(ofMetric: 0))
    }

    /// The metric on development questions with a model by itself.
    func development(_ system: RankingSystem) throws -> Double {
        try evaluation(of: run(development, system, .meaning), development, [metric]).means[0]
    }

    /// The metric of each held-out question with a model by itself.
    func values(_ system: RankingSystem) throws -> [Double] {
        try evaluation(of: run(heldOut, system, .meaning), heldOut, [metric]).values(ofMetric: 0)
    }

    /// The mean with its interval.
    func estimate(_ values: [Double]) throws -> Estimate {
        let mean = values.reduce(0, +) / Double(max(values.count, 1))
        return Estimate(mean, try bootstrap.interval(ofMean: values))
    }

    /// Each two, with Holm's correction for all of them.
    func comparisons(_ pairs: [(first: Judged, second: Judged)]) throws -> [PilotReport.Comparison] {
        let differences = pairs.map { zip($0.first.values, $0.second.values).map { $0 - $1 } }
        var test = RandomizationTest()
        test.seed = bootstrap.seed
        let pValues = differences.map(test.pValue)
        let corrected = holmCorrected(pValues)
        return try pairs.indices.map { index in
            PilotReport.Comparison(
                pairs[index].first.candidate.id, pairs[index].second.candidate.id,
                difference: try estimate(differences[index]), p: pValues[index], adjustedP: corrected[index])
        }
    }

    // Runs

    private func run(
        _ queries: RankingQueries, _ system: RankingSystem, _ method: RankingMethod
    ) throws -> Run {
        try system.runs(
            queries, method == .words ? nil : system.embed(queries.texts), by: [method], depth: Self.depth,
            quiet: quiet)[0]
    }

    private func evaluation(
        of run: Run, _ queries: RankingQueries, _ metrics: [RankingMetric]
    ) throws -> RankingEvaluation {
        try RankingEvaluation(of: run, by: queries.qrels, metrics: metrics)
    }

    /// The metric that chooses, and then the others.
    private var metrics: [RankingMetric] {
        get throws {
            try [metric] + Self.shown.map(RankingMetric.init(parsing:)).filter { "\($0)" != "\(metric)" }
        }
    }

    /// Each metric over some of the questions; without an interval where they are too few for one.
    private func estimates(_ found: RankingEvaluation, rows: [Int]) throws -> [Estimate] {
        let means = found.means(over: rows)
        guard rows.count >= Bootstrap.leastQueries else { return means.map { Estimate($0) } }
        let columns = found.metrics.count
        let values = rows.flatMap { found.values[$0 * columns..<($0 + 1) * columns] }
        return zip(means, try bootstrap.intervals(ofRates: values, columns: columns)).map { Estimate($0, $1) }
    }

    private static func scores(_ metrics: [RankingMetric], _ estimates: [Estimate]) -> PilotReport.Scores {
        PilotReport.Scores(
            zip(metrics, estimates).map { (metric: PilotReport.Metric($0.description), estimate: $1) })
    }
}

extension PilotReport.Candidate.Kind {
    var ranking: RankingMethod {
        switch self {
        case .keywords: .words
        case .base, .tuned: .meaning
        case .keywordsAndBase, .keywordsAndTuned: .meaningAndWords
        }
    }

    /// Whether it needs the fine-tuned model.
    var isTuned: Bool { self == .tuned || self == .keywordsAndTuned }
}
