import Evaluation
import Pilot
import SemanticSearch

/// From which score on the winner's answers may be shown: found on development questions, measured on
/// held-out ones.
struct PilotConfidence {
    let calibration: PilotReport.Calibration
    let scores: PilotReport.ScoreHistogram
    /// To be kept in the index; nil when no threshold is good enough.
    let kept: Calibration?
    /// Of held-out questions that have an answer: the share that is answered at the threshold, and
    /// rightly; nil without one.
    let answered: (coverage: Estimate, right: Estimate)?

    struct Wanted {
        let precision: Double
        let confidence: Double
        /// Without questions that nothing answers: the share of entries left out.
        let leftOut = 0.3
    }

    /// - Parameters:
    ///   - unanswerable: questions that nothing answers; half of them find the threshold. With nil,
    ///     entries are left out.
    ///   - bootstrap: of the intervals.
    init(
        _ system: RankingSystem, by method: RankingMethod, _ evaluation: PilotEvaluation, _ wanted: Wanted,
        unanswerable: [String]?, bootstrap: Bootstrap
    ) throws {
        func sample(_ queries: RankingQueries, _ half: Int, leftOut: Double) throws -> AnswerSample {
            try AnswerSample(
                of: system, queries, by: method,
                unanswerable: unanswerable?.enumerated().filter { $0.offset % 2 == half }.map(\.element),
                leftOut: leftOut, seed: bootstrap.seed)
        }
        let found = try sample(evaluation.development, 0, leftOut: wanted.leftOut).confidence
        let surest = found.surest(precision: wanted.precision)
        let least = AnswerConfidence.leastAnswers(precision: wanted.precision, confidence: wanted.confidence)
        let judged = try sample(evaluation.heldOut, 1, leftOut: wanted.leftOut)
        let step = found.step(precision: wanted.precision, confidence: wanted.confidence)
        let curve = judged.confidence
        let scored: PilotReport.ScoreKind = method == .words ? .bm25 : .cosine
        let answerable = judged.answers.count(where: \.isAnswerable)
        calibration = PilotReport.Calibration(
            score: scored, wantedPrecision: wanted.precision, confidence: wanted.confidence,
            answerable: answerable, unanswerable: judged.answers.count - answerable,
            curve: curve.steps.map {
                .init(threshold: $0.threshold, coverage: curve.coverage($0), precision: $0.precision)
            },
            chosen: try step.map { step in
                let shown = Self.shares(judged.answers, step.threshold)
                return .init(
                    threshold: step.threshold,
                    coverage: Estimate(shown.coverage, try bootstrap.interval(ofRate: shown.covered)),
                    precision: shown.precision.map {
                        Estimate($0.value, $0.interval(confidence: bootstrap.confidence))
                    })
            },
            best: step == nil
                ? surest.map {
                    .init(
                        threshold: $0.step.threshold, coverage: found.coverage($0.step),
                        precision: $0.step.precision)
                } : nil,
            bestConfidence: step == nil ? surest?.confidence : nil,
            shortage: step == nil && found.questions < least ? (found.questions, least) : nil)
        scores = PilotReport.ScoreHistogram(
            score: scored, right: judged.answers.filter(\.isRight).compactMap(\.score),
            wrong: judged.answers.filter { !$0.isRight }.compactMap(\.score))
        kept = step.map { step in
            Calibration(
                threshold: step.threshold, precision: wanted.precision, confidence: wanted.confidence,
                coverage: found.coverage(step), questions: found.questions,
                fingerprint: system.index.manifest.model.fingerprint, ranking: method)
        }
        // As people will use it, nothing is left out.
        answered = try step.map { step in
            let all = try AnswerSample(
                of: system, evaluation.heldOut, by: method, unanswerable: [], leftOut: 0, seed: 0)
            let shown = Self.shares(all.answers, step.threshold)
            let right = zip(shown.covered, shown.right).map { $0 * $1 }
            return (
                Estimate(shown.coverage, try bootstrap.interval(ofRate: shown.covered)),
                Estimate(right.reduce(0, +) / Double(right.count), try bootstrap.interval(ofRate: right)))
        }
    }

    /// What showing answers from a threshold on gives: for each question 1 or 0, and the shares.
    private struct Shown {
        let covered: [Double]
        let right: [Double]

        var coverage: Double { covered.reduce(0, +) / Double(max(covered.count, 1)) }

        /// The share of right answers among those that are shown; nil for none.
        var precision: Proportion? { Proportion(ofRates: zip(covered, right).filter { $0.0 == 1 }.map(\.1)) }
    }

    private static func shares(_ answers: [AnswerSample.Answer], _ threshold: Double) -> Shown {
        Shown(
            covered: answers.map { $0.score ?? -.infinity >= threshold ? 1 : 0 }, right: answers.map { $0.isRight ? 1 : 0 })
    }
}
