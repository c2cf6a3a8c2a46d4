/// Scores of pairs that belong together or do not, by descending score.
package struct BinaryClassification: Sendable {
    /// Pairs of one score, and of all higher ones, counted together.
    private struct Step: Sendable {
        let score: Double
        /// Positive and negative pairs of at least this score.
        let positives: Int
        let negatives: Int
    }

    /// One for each distinct score, descending.
    private let steps: [Step]
    /// How many pairs belong together, and how many do not.
    package let positives: Int
    package let negatives: Int

    /// - Parameters:
    ///   - scores: finite; the higher, the more alike.
    ///   - labels: whether each pair belongs together.
    /// - Throws: `EvaluationError` when a score is not finite or all labels are the same.
    package init(scores: [Double], labels: [Bool]) throws(EvaluationError) {
        precondition(scores.count == labels.count, "as many labels as scores")
        guard scores.allSatisfy(\.isFinite) else {
            throw EvaluationError("a score is not a finite number")
        }
        positives = labels.count { $0 }
        negatives = labels.count - positives
        guard positives > 0, negatives > 0 else {
            throw EvaluationError(
                "all \(labels.count) labels are \(positives > 0 ? 1 : 0); a classification needs pairs "
                    + "of both classes")
        }
        var steps: [Step] = []
        var (above, below) = (0, 0)
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        for (place, index) in order.enumerated() {
            if labels[index] { above += 1 } else { below += 1 }
            let isLast = place + 1 == order.count || scores[order[place + 1]] != scores[index]
            if isLast { steps.append(Step(score: scores[index], positives: above, negatives: below)) }
        }
        self.steps = steps
    }

    /// How right it is to take the pairs of at least `threshold` for belonging together.
    package func outcome(at threshold: Double) -> ClassificationOutcome {
        let step = steps.last { $0.score >= threshold }
        return outcome(step?.positives ?? 0, step?.negatives ?? 0)
    }

    /// The threshold with the highest F1, in the middle between two neighbouring scores, or the lowest
    /// score; of equally good ones the highest.
    package var bestF1Threshold: Double {
        var best = (f1: -1.0, threshold: 0.0)
        for (index, step) in steps.enumerated() {
            let f1 = outcome(step.positives, step.negatives).f1
            guard f1 > best.f1 else { continue }
            let next = index + 1 < steps.count ? steps[index + 1].score : step.score
            let middle = next + (step.score - next) / 2
            // Between neighbouring numbers there is no third.
            best = (f1, middle > next ? middle : step.score)
        }
        return best.threshold
    }

    private func outcome(_ truePositives: Int, _ falsePositives: Int) -> ClassificationOutcome {
        ClassificationOutcome(
            truePositives: truePositives, falsePositives: falsePositives,
            falseNegatives: positives - truePositives, trueNegatives: negatives - falsePositives)
    }

    /// Σ (recall_i − recall_{i−1}) · precision_i over the distinct scores, descending, as
    /// scikit-learn's `average_precision_score`.
    package var averagePrecision: Double {
        var sum = 0.0
        var before = 0
        for step in steps {
            let precision = Double(step.positives) / Double(step.positives + step.negatives)
            sum += Double(step.positives - before) * precision
            before = step.positives
        }
        return sum / Double(positives)
    }

    /// The area under the receiver operating characteristic: the chance that a pair that belongs
    /// together has a higher score than one that does not, equal scores counting half.
    package var areaUnderROC: Double {
        var sum = 0.0
        var before = (positives: 0, negatives: 0)
        for step in steps {
            let width = Double(step.negatives - before.negatives)
            sum += width * Double(step.positives + before.positives) / 2
            before = (step.positives, step.negatives)
        }
        return sum / (Double(positives) * Double(negatives))
    }
}

/// How often a classification was right, and how it was wrong.
package struct ClassificationOutcome: Sendable, Equatable {
    package let truePositives: Int
    package let falsePositives: Int
    package let falseNegatives: Int
    package let trueNegatives: Int

    /// The share of pairs taken for what they are.
    package var accuracy: Double {
        let count = truePositives + falsePositives + falseNegatives + trueNegatives
        return Self.ratio(truePositives + trueNegatives, count)
    }

    /// The share of those taken for belonging together that do; 0 where none were.
    package var precision: Double { Self.ratio(truePositives, truePositives + falsePositives) }

    /// The share of those that belong together that were taken so.
    package var recall: Double { Self.ratio(truePositives, truePositives + falseNegatives) }

    /// The harmonic mean of precision and recall.
    package var f1: Double {
        Self.ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
    }

    private static func ratio(_ part: Int, _ whole: Int) -> Double {
        whole > 0 ? Double(part) / Double(whole) : 0
    }
}
