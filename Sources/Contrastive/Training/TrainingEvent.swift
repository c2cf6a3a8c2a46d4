/// What a training tells while it runs.
package enum TrainingEvent: Sendable {
    package struct Step: Sendable {
        /// Steps done.
        package let step: Int
        /// From 0.
        package let epoch: Int
        /// The share of the whole training that is done, in [0, 1].
        package let progress: Double
        package let loss: Double
        package let temperature: Double
        package let rate: Double
        /// The length of all gradients before clipping.
        package let norm: Double
        /// Tokens of the step's texts.
        package let tokens: Int
    }

    case step(Step)
    /// The development metric after a step; `isBest` when it is above all before.
    case evaluated(step: Int, metric: DevelopmentMetric, score: Double, isBest: Bool)
    case resumed(step: Int)
    /// Evaluations have stopped to gain.
    case stoppedEarly(step: Int)
}

/// How a training ended.
package struct TrainingResult: Sendable {
    package let steps: Int
    package let metric: DevelopmentMetric?
    /// How many queries or pairs the metric judges.
    package let judged: Int
    package let baseScore: Double?
    package let bestScore: Double?
    /// The step whose parameters were kept: 0 for those of the base model, which nothing beat.
    package let keptStep: Int
    /// Tokens that were learned from since the start or the resumption, and the seconds that those
    /// steps and the tokenization took, evaluations and checkpoints left out.
    package let tokens: Int
    package let seconds: Double
}
