import ArgumentParser
import Contrastive
import Evaluation
import JSON

/// Several models on the same labelled or graded pairs, every two of them compared.
///
/// What is measured is no mean over the pairs, and the cosines of two models, whose scales differ, cannot be
/// exchanged: so queries with their pairs are drawn with replacement, the same ones for all models, and the
/// differences of the draws give intervals and p-values.
struct PairComparison {
    /// A measure that needs no threshold, so that models are compared by their scores alone.
    enum Metric: String {
        case averagePrecision = "AP"
        case areaUnderROC = "AUC"
        case pearson = "Pearson"
        case spearman = "Spearman"

        /// The first one of a task, unless another is named.
        init(named name: String?, for task: PairTask) throws {
            let known: [Metric] = task == .classification
                ? [.averagePrecision, .areaUnderROC] : [.spearman, .pearson]
            guard let metric = known.first(where: { name == nil || $0.rawValue == name }) else {
                throw ValidationError(
                    "--metric is \(name ?? ""); models are compared by \(known.map(\.rawValue).joined(separator: " or ")) in a \(task)")
            }
            self = metric
        }
    }

    struct Difference {
        let better: Int
        let worse: Int
        let value: Double
        let interval: ClosedRange<Double>
        let pValue: Double
        /// After Holm's correction for all differences.
        let corrected: Double
    }

    let task: PairTask
    let metric: Metric
    let pairs: Int
    let names: [String]
    /// Of each model the metric, its interval, and how many pairs' queries it has learned.
    let values: [Double]
    let intervals: [ClosedRange<Double>]
    let learned: [Int]
    let differences: [Difference]
    /// The least p-value that the draws can tell.
    let leastPValue: Double
    let confidence: Double

    /// - Parameter models: the same pairs with each model.
    /// - Throws: `EvaluationError` when there is one class only or no spread, or when the pairs are too few
    ///   for an interval.
    init(_ models: [(name: String, found: PairEvaluation)], by metric: Metric, _ bootstrap: Bootstrap) throws(EvaluationError) {
        func measure(_ items: [Int]?) throws(EvaluationError) -> [Double] {
            var values: [Double] = []
            for model in models {
                let found = try model.found.metrics(threshold: 0, over: items)
                values += found.filter { $0.name == metric.rawValue }.map(\.value)
            }
            return values
        }
        let values = try measure(nil)
        let groups = models.first?.found.pairsOfQueries ?? []
        let samples = try bootstrap.samples(ofItems: groups.count) { drawn in
            try? measure(drawn.flatMap { groups[$0] })
        }
        let numbers = Comparison.everyTwo(values)
        let drawn = numbers.map { pair in samples.map { $0[pair.better] - $0[pair.worse] } }
        let pValues = drawn.map(Bootstrap.pValue)
        let corrected = holmCorrected(pValues)
        task = models.first?.found.task ?? .regression
        self.metric = metric
        pairs = models.first?.found.cosines.count ?? 0
        leastPValue = 2 / Double(samples.count + 1)
        names = models.map(\.name)
        self.values = values
        intervals = models.indices.map { model in bootstrap.interval(ofSamples: samples.map { $0[model] }) }
        learned = models.map { $0.found.isSeen.count { $0 } }
        differences = numbers.indices.map { index in
            let (better, worse) = numbers[index]
            return Difference(
                better: better, worse: worse, value: values[better] - values[worse],
                interval: bootstrap.interval(ofSamples: drawn[index]), pValue: pValues[index],
                corrected: corrected[index])
        }
        confidence = bootstrap.confidence
    }

    var json: JSONValue {
        func range(_ range: ClosedRange<Double>) -> JSONValue {
            .array([.number(range.lowerBound), .number(range.upperBound)])
        }
        return [
            "task": .string(task.rawValue), "metric": .string(metric.rawValue), "pairs": .integer(pairs),
            "candidates": .array(names.indices.map { index in
                [
                    "name": .string(names[index]), "value": .number(values[index]),
                    "interval": range(intervals[index]), "learned": .integer(learned[index]),
                ]
            }),
            "comparisons": .array(differences.map { pair in
                [
                    "better": .string(names[pair.better]), "worse": .string(names[pair.worse]),
                    "difference": .number(pair.value), "interval": range(pair.interval),
                    "p": .number(pair.pValue), "p_holm": .number(pair.corrected),
                ]
            }),
        ]
    }

    var text: String {
        let width = (names.map(\.count).max() ?? 0) + 2
        func range(_ range: ClosedRange<Double>) -> String {
            "(\(decimal(range.lowerBound, 3)) to \(decimal(range.upperBound, 3)))"
        }
        var lines = ["\(metric.rawValue) on \(grouped(pairs)) pairs, \(task.rawValue)", ""]
        for index in names.indices.sorted(by: { values[$0] > values[$1] }) {
            lines.append(padded(names[index], to: width) + decimal(values[index], 3) + "  \(range(intervals[index]))")
        }
        for (name, count) in zip(names, learned) where count > 0 {
            lines.append("\(name): \(grouped(count)) of the pairs' queries stood in its training data")
        }
        lines += [
            "",
            "Differences, their \(decimal(100 * confidence, 0)) % intervals, p by drawing queries, with Holm's correction:",
            "",
        ]
        for pair in differences.sorted(by: { $0.value > $1.value }) {
            lines.append(
                padded(names[pair.better], to: width) + "over  " + padded(names[pair.worse], to: width)
                    + decimal(pair.value, 3) + "  \(range(pair.interval))  p "
                    + (pair.pValue <= leastPValue ? "≤ " : "") + decimal(pair.corrected, 4))
        }
        return lines.joined(separator: "\n")
    }
}
