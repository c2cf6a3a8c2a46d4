import ArgumentParser
import Contrastive
import Evaluation

/// Which metrics, and how they are taken.
struct MetricOptions: ParsableArguments {
    @Option(name: [.customShort("k"), .customLong("k")], help: ArgumentHelp("The cutoffs of metrics.", valueName: "list"))
    var cutoffs = "1,3,5,10,20,100"

    @Option(help: ArgumentHelp(
        "A metric, such as MAP or nDCG@10, of pairs such as AP or Spearman; may be repeated (default: all).", valueName: "name"))
    var metric: [String] = []

    @Option(help: ArgumentHelp("From which relevance on a document counts as relevant.", valueName: "n"))
    var relevantFrom = 1

    @Flag(help: "Refuse queries without relevant documents, rather than leave them out.")
    var strict = false

    @Flag(inversion: .prefixedNo, help: "Confidence intervals, by drawing queries with replacement.")
    var intervals = true

    @Option(help: ArgumentHelp("The chance that an interval holds the truth.", valueName: "share"))
    var confidence = 0.95

    @Option(help: ArgumentHelp("Decides what is drawn.", valueName: "n"))
    var seed: UInt64 = 42

    /// - Parameter isOfPairs: whether pairs may be classified or correlated, which the pairs tell.
    func check(isOfPairs: Bool) throws {
        if !isOfPairs || metric.isEmpty || !metric.allSatisfy(Self.pairMetrics.values.joined().contains) { _ = try metrics }
        if relevantFrom < 1 { throw ValidationError("--relevant-from must be at least 1, not \(relevantFrom)") }
        if !(confidence > 0 && confidence < 1) {
            throw ValidationError("--confidence is \(confidence), expected a number between 0 and 1")
        }
    }

    /// Refuses cutoffs that a ranking does not reach.
    func check(depth: Int) throws {
        guard let far = try? metrics.first(where: { $0.cutoff ?? 0 > depth }) else { return }
        throw ValidationError("--depth \(depth) is too little for \(far); give -k with no more than that")
    }

    /// What pairs are measured by.
    private static let pairMetrics: [PairTask: [String]] = [
        .classification: ["accuracy", "precision", "recall", "F1", "AP", "AUC"],
        .regression: ["Pearson", "Spearman", "MSE"],
    ]

    /// The metrics that were named of a classification or a regression; nil for all.
    func pairMetrics(of task: PairTask) throws -> [String]? {
        let known = Self.pairMetrics[task] ?? []
        if let name = metric.first(where: { !known.contains($0) }) {
            throw ValidationError("--metric is \(name); a \(task) has \(known.joined(separator: ", "))")
        }
        return metric.isEmpty ? nil : metric
    }

    /// Each once.
    var metrics: [RankingMetric] {
        get throws {
            do throws(EvaluationError) {
                guard metric.isEmpty else {
                    var metrics: [RankingMetric] = []
                    for name in metric {
                        let parsed = try RankingMetric(parsing: name)
                        if !metrics.contains(parsed) { metrics.append(parsed) }
                    }
                    return metrics
                }
                var numbers: [Int] = []
                for part in cutoffs.split(separator: ",", omittingEmptySubsequences: false) {
                    guard let number = Int(part) else {
                        throw EvaluationError("--k has \"\(part)\", expected whole numbers such as 1,5,10")
                    }
                    if !numbers.contains(number) { numbers.append(number) }
                }
                return try RankingMetric.standard(cutoffs: numbers)
            } catch {
                throw ValidationError(error.reason)
            }
        }
    }

    var bootstrap: Bootstrap {
        var bootstrap = Bootstrap()
        bootstrap.confidence = confidence
        bootstrap.seed = seed
        return bootstrap
    }

    /// - Throws: `EvaluationError` as `RankingEvaluation` does.
    func evaluation(of run: Run, by qrels: Qrels) throws -> RankingEvaluation {
        try RankingEvaluation(
            of: run, by: qrels, metrics: metrics, relevantFrom: relevantFrom,
            withoutRelevant: strict ? .refuse : .leaveOut)
    }

    /// One interval for each metric, or nil where none are wanted.
    func intervals(of evaluation: RankingEvaluation) throws -> [ClosedRange<Double>]? {
        guard intervals else { return nil }
        do throws(EvaluationError) {
            return try bootstrap.intervals(ofRates: evaluation.values, columns: evaluation.metrics.count)
        } catch {
            throw EvaluationError("\(error.reason); give more, or --no-intervals")
        }
    }
}
