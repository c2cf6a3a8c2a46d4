/// Everything that a pilot has found out, as plain values: what the page, the JSON file and the Markdown
/// table are made from.
package struct PilotReport: Sendable {
    /// Of the corpus or the project, as the title says it.
    package var name: String
    /// The day of the evaluation, such as "2026-03-14".
    package var date: String
    /// By which candidates are chosen and compared.
    package var metric: Metric
    /// Of all intervals: 0.95.
    package var confidence: Double
    package var questions: Questions
    /// In the order in which tables name them; none when nothing was evaluated.
    package var candidates: [Candidate]
    package var comparisons: [Comparison] = []
    /// Whether training ended with the base model's weights, because nothing beat them.
    package var keptBaseModel = false
    /// Whether answers are searched by meaning beside questions, because that found more on development
    /// questions.
    package var embedsAnswers = false
    /// The share of the questions' tokens that the base model's vocabulary does not have; nil when it was not
    /// counted.
    package var unknownShare: Double?
    /// Of the candidate that was chosen, as the following two; nil when none was calibrated.
    package var calibration: Calibration?
    package var scores: ScoreHistogram?
    /// Questions that the chosen candidate answers worst, the worst first.
    package var hardest: [HardQuestion] = []
    /// nil when none was measured.
    package var learning: LearningCurve?
    package var data: DataSummary
    /// nil without a costs file.
    package var business: BusinessCase?
    package var reproduction: Reproduction

    package init(
        name: String, date: String, metric: Metric, confidence: Double = 0.95, questions: Questions,
        candidates: [Candidate], data: DataSummary, reproduction: Reproduction
    ) {
        self.name = name
        self.date = date
        self.metric = metric
        self.confidence = confidence
        self.questions = questions
        self.candidates = candidates
        self.data = data
        self.reproduction = reproduction
    }

    /// Held-out questions, which neither training nor any choice has seen.
    package struct Questions: Sendable {
        package let all: Int
        /// Those whose entry other questions of the training data belong to, and the rest.
        package let seen: Int
        package let unseen: Int

        package init(all: Int, seen: Int, unseen: Int) {
            self.all = all
            self.seen = seen
            self.unseen = unseen
        }
    }

    /// How to get the same again.
    package struct Reproduction: Sendable {
        /// As one types them, in their order.
        package let commands: [String]
        /// Kotae's version.
        package let version: String
        /// The base model's name and fingerprint.
        package let model: String
        package let fingerprint: String
        package let seed: Int
        /// How long the pilot took.
        package let seconds: Double?

        package init(
            commands: [String], version: String, model: String, fingerprint: String, seed: Int,
            seconds: Double? = nil
        ) {
            self.commands = commands
            self.version = version
            self.model = model
            self.fingerprint = fingerprint
            self.seed = seed
            self.seconds = seconds
        }
    }

    /// The candidate that the verdict recommends; nil when there is none.
    package var chosen: Candidate? { Candidate.best(of: candidates, by: metric) }
}
