/// What a pilot's figures say to do. It follows from the report alone.
package struct Verdict: Sendable {
    /// Which candidate to use.
    package let choice: Choice
    /// The candidate that did better than the chosen one on held-out questions beyond chance, if any,
    /// with the comparison (chosen one first). Development questions made the choice and it stays; but
    /// they are then unlike those that were held out.
    package let contradiction: (candidate: PilotReport.Candidate, PilotReport.Comparison)?
    /// The share of tokens that the base model does not know, where it is so large that the model was made for
    /// another language.
    package let unknownShare: Double?
    /// Whether fine-tuning helped.
    package let training: Training
    /// Whether labelling more pairs would pay.
    package let labels: Labels
    /// From which score on answers may be shown.
    package let threshold: Threshold

    package init(_ report: PilotReport) {
        choice = Self.choice(report)
        contradiction = Self.contradiction(report)
        unknownShare = report.unknownShare.flatMap { $0 >= Self.foreignShare ? $0 : nil }
        training = Self.training(report)
        labels = report.learning.map(Self.labels) ?? .unknown
        threshold = report.calibration.map(Self.threshold) ?? .notCalibrated
    }

    package enum Choice: Sendable {
        /// Nothing was evaluated.
        case none
        /// Only this one was evaluated.
        case only(PilotReport.Candidate)
        /// Keyword search itself did best, which is what they have today.
        case keywords(PilotReport.Candidate)
        /// A candidate is used, and it was not compared with keyword search.
        case uncompared(PilotReport.Candidate)
        /// A candidate is used, compared on held-out questions with keyword search (`today`).
        case compared(
            PilotReport.Candidate, today: PilotReport.Candidate, PilotReport.Comparison)
    }

    package enum Training: Sendable {
        /// There is no fine-tuned model.
        case none
        /// Nothing that was learned beat the base model.
        case keptBaseModel
        /// There is one, and it was not compared with the base model.
        case uncompared
        /// The fine-tuned model against the base model, both by themselves.
        case compared(PilotReport.Comparison)
    }

    /// From the last step of the learning curve.
    package enum Labels: Sendable {
        case unknown
        /// The last pairs still brought something, beyond chance.
        case pays(gain: Estimate)
        /// They brought less than `worthwhileGain`, beyond chance.
        case exhausted(gain: Estimate)
        /// The questions are too few to tell.
        case unclear(gain: Estimate)
    }

    package enum Threshold: Sendable {
        case notCalibrated
        case show(PilotReport.Calibration.Chosen)
        /// No threshold reaches the wanted precision; the best that one reaches, where any was measured.
        case unreachable(best: PilotReport.Calibration.Point?)
        /// There were too few questions for any to be sure enough.
        case tooFew(questions: Int, needed: Int)
    }

    /// The share of unknown tokens from which on a model is taken for one of another language: an English one
    /// knows all but a few of a thousand in English, and not a fifth of those in Japanese.
    package static let foreignShare = 0.03

    /// A small model for a hundred languages (Wang et al., "Multilingual E5 Text Embeddings", 2024).
    package static let multilingualModel = "intfloat/multilingual-e5-small"

    /// The gain in the metric by doubling the pairs below which labelling them is not worth the while.
    package static let worthwhileGain = 0.01

    private static func choice(_ report: PilotReport) -> Choice {
        guard let chosen = report.chosen else { return .none }
        if report.candidates.count == 1 { return .only(chosen) }
        if chosen.kind == .keywords { return .keywords(chosen) }
        guard let today = report.candidates.first(where: { $0.kind == .keywords }),
            let comparison = report.comparison(of: chosen.id, with: today.id)
        else { return .uncompared(chosen) }
        return .compared(chosen, today: today, comparison)
    }

    private static func contradiction(
        _ report: PilotReport
    ) -> (candidate: PilotReport.Candidate, PilotReport.Comparison)? {
        guard let chosen = report.chosen else { return nil }
        let better = report.candidates.compactMap { other in
            report.comparison(of: chosen.id, with: other.id).map { (candidate: other, $0) }
        }
        return better.filter { $0.1.finding == .worse }
            .min { $0.1.difference.value < $1.1.difference.value }
    }

    private static func training(_ report: PilotReport) -> Training {
        if report.keptBaseModel { return .keptBaseModel }
        guard let tuned = report.best(.tuned) else { return .none }
        guard let base = report.best(.base),
            let comparison = report.comparison(of: tuned.id, with: base.id)
        else { return .uncompared }
        return .compared(comparison)
    }

    private static func labels(_ curve: PilotReport.LearningCurve) -> Labels {
        guard let gain = curve.lastGain, let interval = gain.interval else { return .unknown }
        if interval.upperBound < worthwhileGain { return .exhausted(gain: gain) }
        if interval.lowerBound > 0 { return .pays(gain: gain) }
        return .unclear(gain: gain)
    }

    private static func threshold(_ calibration: PilotReport.Calibration) -> Threshold {
        if let chosen = calibration.chosen { return .show(chosen) }
        if let shortage = calibration.shortage {
            return .tooFew(questions: shortage.questions, needed: shortage.needed)
        }
        return .unreachable(best: calibration.best)
    }
}

extension PilotReport {
    /// The best candidate of a kind.
    func best(_ kind: Candidate.Kind) -> Candidate? {
        Candidate.best(of: candidates.filter { $0.kind == kind }, by: metric)
    }
}
