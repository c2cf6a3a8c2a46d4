package import Charts

extension PilotReport {
    /// What a score is, which says how it is written.
    package enum ScoreKind: String, Sendable {
        case cosine, bm25, fusion

        package var style: NumberStyle {
            switch self {
            case .cosine: .decimal(3)
            case .bm25: .decimal(2)
            case .fusion: .decimal(4)
            }
        }
    }

    /// From which score on an answer may be shown.
    package struct Calibration: Sendable {
        package let score: ScoreKind
        /// The share of shown answers that should be right, and how sure that is to be.
        package let wantedPrecision: Double
        package let confidence: Double
        /// Questions that an entry answers, and questions that none does, by which it was judged.
        package let answerable: Int
        package let unanswerable: Int
        /// By ascending coverage.
        package let curve: [Point]
        /// nil when no threshold is good enough.
        package let chosen: Chosen?
        /// The best that was reached, for when none is good enough; otherwise of no interest.
        package let best: Point?
        /// How sure the best is to reach the wanted precision; nil where that was not measured.
        package let bestConfidence: Double?
        /// How many questions chose the threshold, and how many it takes at least, where they are fewer.
        package let shortage: (questions: Int, needed: Int)?

        package init(
            score: ScoreKind, wantedPrecision: Double, confidence: Double, answerable: Int,
            unanswerable: Int, curve: [Point], chosen: Chosen?, best: Point? = nil, bestConfidence: Double? = nil,
            shortage: (questions: Int, needed: Int)? = nil
        ) {
            self.score = score
            self.wantedPrecision = wantedPrecision
            self.confidence = confidence
            self.answerable = answerable
            self.unanswerable = unanswerable
            self.curve = curve
            self.chosen = chosen
            self.best = best
            self.bestConfidence = bestConfidence
            self.shortage = shortage
        }

        /// What showing answers from a score on gives, as shares from 0 to 1.
        package struct Point: Sendable {
            package let threshold: Double
            /// Of all questions those that are answered.
            package let coverage: Double
            /// Of the answered questions those that are answered rightly.
            package let precision: Double

            package init(threshold: Double, coverage: Double, precision: Double) {
                self.threshold = threshold
                self.coverage = coverage
                self.precision = precision
            }
        }

        /// The same of the threshold that was chosen, measured on questions that did not choose it.
        package struct Chosen: Sendable {
            package let threshold: Double
            package let coverage: Estimate
            /// nil when no question was answered.
            package let precision: Estimate?

            package init(threshold: Double, coverage: Estimate, precision: Estimate?) {
                self.threshold = threshold
                self.coverage = coverage
                self.precision = precision
            }
        }
    }

    /// How scores of best answers are spread.
    package struct ScoreHistogram: Sendable {
        package let score: ScoreKind
        /// Bin i reaches from edge i to edge i + 1.
        package let edges: [Double]
        /// How many right and how many wrong best answers have scores in each bin.
        package let right: [Int]
        package let wrong: [Int]

        /// - Parameters:
        ///   - right: the scores of best answers that are right.
        ///   - wrong: the scores of the others, unanswerable questions' among them.
        package init(score: ScoreKind, right: [Double], wrong: [Double]) {
            self.score = score
            let edges = Histogram.edges(around: right + wrong, bins: 20)
            self.edges = edges
            self.right = Histogram.counts(of: right, in: edges)
            self.wrong = Histogram.counts(of: wrong, in: edges)
        }
    }
}
