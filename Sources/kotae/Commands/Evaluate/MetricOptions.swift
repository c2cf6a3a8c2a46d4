import ArgumentParser
import Evaluation

/// Which metrics, and how they are taken.
struct MetricOptions: ParsableArguments {
    @Option(name: [.customShort("k"), .customLong("k")], help: ArgumentHelp("The cutoffs of metrics.", valueName: "list"))
    var cutoffs = "1,3,5,10,20,100"

    @Option(help: ArgumentHelp("A metric, such as MAP or nDCG@10; may be repeated (default: all).", valueName: "name"))
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

    func check() throws {
        _ = try metrics
        if relevantFrom < 1 { throw ValidationError("--relevant-from must be at least 1, not \(relevantFrom)") }
        if !(confidence > 0 && confidence < 1) {
            throw ValidationError("--confidence is \(confidence), expected a number between 0 and 1")
        }
    }

    var metrics: [RankingMetric] {
        get throws {
            do throws(EvaluationError) {
                guard metric.isEmpty else {
                    var metrics: [RankingMetric] = []
                    for name in metric { metrics.append(try RankingMetric(parsing: name)) }
                    return metrics
                }
                var numbers: [Int] = []
                for part in cutoffs.split(separator: ",", omittingEmptySubsequences: false) {
                    guard let number = Int(part) else {
                        throw EvaluationError("--k has \"\(part)\", expected whole numbers such as 1,5,10")
                    }
                    numbers.append(number)
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
