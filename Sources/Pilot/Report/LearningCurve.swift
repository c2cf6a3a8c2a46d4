extension PilotReport {
    /// How the metric grows with the pairs that are learned from.
    package struct LearningCurve: Sendable {
        package struct Point: Sendable {
            /// Pairs of the training: 0 is the base model.
            package let pairs: Int
            package let score: Estimate

            package init(pairs: Int, score: Estimate) {
                self.pairs = pairs
                self.score = score
            }
        }

        /// By ascending pairs.
        package let points: [Point]
        /// On how many questions it was measured.
        package let questions: Int
        /// What the last point has over the one before (all of the pairs over half of them), with
        /// the interval of paired differences; nil when that was not computed.
        package let lastGain: Estimate?

        package init(points: [Point], questions: Int, lastGain: Estimate?) {
            self.points = points
            self.questions = questions
            self.lastGain = lastGain
        }
    }
}
