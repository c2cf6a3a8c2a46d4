public import JSON

/// From which score on an answer may be shown, as a calibration found it for one model.
public struct Calibration: Sendable, Equatable {
    /// The least cosine of an answer that may be shown.
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

    public init(
        threshold: Double, precision: Double, confidence: Double, coverage: Double, questions: Int,
        fingerprint: String
    ) {
        self.threshold = threshold
        self.precision = precision
        self.confidence = confidence
        self.coverage = coverage
        self.questions = questions
        self.fingerprint = fingerprint
    }

    /// As it stands in the manifest.
    init?(_ value: JSONValue) {
        guard let threshold = value["threshold"]?.double, let precision = value["precision"]?.double,
            let confidence = value["confidence"]?.double, let coverage = value["coverage"]?.double,
            let questions = value["questions"]?.integer,
            let fingerprint = value["fingerprint"]?.string
        else { return nil }
        self.init(
            threshold: threshold, precision: precision, confidence: confidence, coverage: coverage,
            questions: questions, fingerprint: fingerprint)
    }

    public var json: JSONValue {
        [
            "threshold": .number(threshold), "precision": .number(precision),
            "confidence": .number(confidence), "coverage": .number(coverage),
            "questions": .integer(questions), "fingerprint": .string(fingerprint),
        ]
    }

    /// Whether an answer of this cosine may be shown.
    public func isConfident(_ cosine: Float) -> Bool { Double(cosine) >= threshold }

    /// Whether the best of the hits of a search by meaning may be shown.
    package func isConfident(_ hits: [Hit]) -> Bool { hits.first.map { isConfident($0.score) } ?? false }
}
