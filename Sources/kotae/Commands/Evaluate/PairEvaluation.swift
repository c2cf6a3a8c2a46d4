import BiEncoder
import Contrastive
import Evaluation
import JSON

/// How well a model's cosines tell pairs that belong together from others, or follow graded scores.
struct PairEvaluation {
    let task: PairTask
    let cosines: [Double]
    /// Labels of 0 and 1, or scores in [0, 1].
    let targets: [Double]
    /// Whether each pair's query stood in the model's training data.
    let isSeen: [Bool]
    /// The pairs of each query, by their numbers. They are not independent of each other, so that
    /// intervals draw queries with all that is theirs.
    let pairsOfQueries: [[Int]]

    init(_ set: PairSet, task: PairTask, with encoder: BiEncoder, _ learned: LearnedTexts) throws {
        self.task = task
        // Not the texts of a whole corpus that pairs name documents of.
        let used = Array(Set(set.pairs.map(\.passage))).sorted()
        let places = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        var queries = try encoder.embed(set.queries.texts, as: .query)
        var passages = try encoder.embed(used.map { set.passages[$0] }, as: .passage)
        queries.scaleToUnitLength()
        passages.scaleToUnitLength()
        cosines = set.pairs.map { pair in
            zip(queries[pair.query], passages[places[pair.passage] ?? 0]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        targets = set.pairs.map { Double(task == .classification ? $0.label : $0.score) }
        isSeen = set.pairs.map { learned.contains(set.queries[$0.query]) }
        var rows: [Int: Int] = [:]
        var grouped: [[Int]] = []
        for (number, pair) in set.pairs.enumerated() {
            if let row = rows[pair.query] {
                grouped[row].append(number)
            } else {
                rows[pair.query] = grouped.count
                grouped.append([number])
            }
        }
        pairsOfQueries = grouped
    }

    /// - Throws: `EvaluationError` when there is one class only.
    func bestThreshold() throws(EvaluationError) -> Double {
        try BinaryClassification(scores: cosines, labels: targets.map { $0 != 0 }).bestF1Threshold
    }

    /// The metrics in their order.
    ///
    /// - Parameter threshold: of a classification.
    /// - Throws: `EvaluationError` when there is one class only, or one side of a regression has no spread.
    func metrics(
        threshold: Double, over items: [Int]? = nil
    ) throws(EvaluationError) -> [(name: String, value: Double)] {
        let items = items ?? Array(cosines.indices)
        let scores = items.map { cosines[$0] }
        let targets = items.map { self.targets[$0] }
        guard task == .classification else {
            guard let pearson = Correlation.pearson(scores, targets),
                let spearman = Correlation.spearman(scores, targets)
            else { throw EvaluationError("all scores are the same, so nothing can follow them") }
            return [
                ("Pearson", pearson), ("Spearman", spearman),
                ("MSE", Correlation.meanSquaredError(scores, targets)),
            ]
        }
        let pairs = try BinaryClassification(scores: scores, labels: targets.map { $0 != 0 })
        let outcome = pairs.outcome(at: threshold)
        return [
            ("accuracy", outcome.accuracy), ("precision", outcome.precision), ("recall", outcome.recall),
            ("F1", outcome.f1), ("AP", pairs.averagePrecision), ("AUC", pairs.areaUnderROC),
        ]
    }

    func intervals(
        threshold: Double, _ bootstrap: Bootstrap
    ) throws(EvaluationError) -> [ClosedRange<Double>] {
        var bootstrap = bootstrap
        // Each draw sorts the pairs anew.
        bootstrap.resamples = 1000
        do throws(EvaluationError) {
            return try bootstrap.intervals(ofItems: pairsOfQueries.count) { drawn in
                (try? metrics(threshold: threshold, over: drawn.flatMap { pairsOfQueries[$0] }))?.map(\.value)
            }
        } catch {
            throw EvaluationError("\(error.reason); give more, or --no-intervals")
        }
    }
}
