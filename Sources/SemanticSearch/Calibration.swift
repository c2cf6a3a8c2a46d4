public import JSON

/// From which score on an answer may be shown, as a calibration found it for one model.
public struct Calibration: Sendable, Equatable {
    /// The least cosine of an answer that may be shown, or by words alone the least BM25 score.
    public var threshold: Double
    /// The share of right answers among those shown that was wanted.
    public var precision: Double
    /// How sure it was to be that this share is reached.
    public var confidence: Double
    /// The share of the questions that are answered at the threshold.
    public var coverage: Double
    /// How many questions decided.
    public var questions: Int
    /// See `BiEncoder.fingerprint`.
    public var fingerprint: String
    /// By what the answers were ranked; the threshold says nothing of other rankings.
    public var ranking: RankingMethod

    public init(
        threshold: Double, precision: Double, confidence: Double, coverage: Double, questions: Int,
        fingerprint: String, ranking: RankingMethod = .meaning
    ) {
        self.threshold = threshold
        self.precision = precision
        self.confidence = confidence
        self.coverage = coverage
        self.questions = questions
        self.fingerprint = fingerprint
        self.ranking = ranking
    }

    /// As it stands in the manifest.
    init?(_ value: JSONValue) {
        guard let threshold = value["threshold"]?.double, let precision = value["precision"]?.double,
            let confidence = value["confidence"]?.double, let coverage = value["coverage"]?.double,
            let questions = value["questions"]?.integer,
            let fingerprint = value["fingerprint"]?.string,
            let ranking = RankingMethod(ofManifest: value)
        else { return nil }
        self.init(
            threshold: threshold, precision: precision, confidence: confidence, coverage: coverage,
            questions: questions, fingerprint: fingerprint, ranking: ranking)
    }

    public var json: JSONValue {
        [
            "threshold": .number(threshold), "precision": .number(precision),
            "confidence": .number(confidence), "coverage": .number(coverage),
            "questions": .integer(questions), "fingerprint": .string(fingerprint),
            "ranking": .string(ranking.rawValue),
        ]
    }

    /// Whether the first of a ranking's hits may be shown; nil where the threshold is of another ranking.
    public func isConfident(_ hits: [Hit], by method: RankingMethod) -> Bool? {
        guard method == ranking else { return nil }
        let score = hits.first.flatMap { method == .words ? $0.score : $0.cosine }
        return score.map { Double($0) >= threshold } ?? false
    }
}
