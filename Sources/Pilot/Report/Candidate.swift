package import Charts

extension PilotReport {
    /// A way to search that was evaluated.
    package struct Candidate: Sendable {
        /// From the simplest to the one that takes most.
        package enum Kind: String, Sendable, CaseIterable, Comparable {
            case keywords = "bm25"
            case base
            case keywordsAndBase = "bm25+base"
            case tuned = "fine_tuned"
            case keywordsAndTuned = "bm25+fine_tuned"

            /// What it ranks by.
            package var score: ScoreKind {
                switch self {
                case .keywords: .bm25
                case .base, .tuned: .cosine
                case .keywordsAndBase, .keywordsAndTuned: .fusion
                }
            }

            package static func < (a: Kind, b: Kind) -> Bool { a.effort < b.effort }

            private var effort: Int {
                switch self {
                case .keywords: 0
                case .base: 1
                case .keywordsAndBase: 2
                case .tuned: 3
                case .keywordsAndTuned: 4
                }
            }
        }

        /// One of its own, which comparisons refer to.
        package let id: String
        package let kind: Kind
        /// The model's name; nil for keyword search alone.
        package let model: String?
        /// The metric on development questions, by which candidates are chosen; nil where it was not
        /// measured.
        package let development: Double?
        /// On all held-out questions, and on those of entries seen and unseen in training.
        package let all: Scores
        package let seen: Scores?
        package let unseen: Scores?
        /// Recall@k on all held-out questions, by ascending k.
        package let recall: [RecallPoint]

        package init(
            _ kind: Kind, id: String? = nil, model: String?, development: Double?, all: Scores,
            seen: Scores? = nil, unseen: Scores? = nil, recall: [RecallPoint] = []
        ) {
            self.kind = kind
            self.id = id ?? kind.rawValue
            self.model = model
            self.development = development
            self.all = all
            self.seen = seen
            self.unseen = unseen
            self.recall = recall
        }
    }

    package struct RecallPoint: Sendable {
        package let k: Int
        package let recall: Estimate

        package init(k: Int, recall: Estimate) {
            self.k = k
            self.recall = recall
        }
    }

    /// Metrics with their values, in the order of a table.
    package struct Scores: Sendable, ExpressibleByDictionaryLiteral {
        package let values: [(metric: Metric, estimate: Estimate)]

        package init(_ values: [(metric: Metric, estimate: Estimate)]) {
            self.values = values
        }

        package init(dictionaryLiteral elements: (Metric, Estimate)...) {
            values = elements.map { (metric: $0.0, estimate: $0.1) }
        }

        package subscript(metric: Metric) -> Estimate? {
            values.first { $0.metric == metric }?.estimate
        }
    }

    /// A metric by the name that `kotae evaluate` gives it: "MRR", "recall@10", "HasPositives@1".
    package struct Metric: Sendable, Hashable, ExpressibleByStringLiteral {
        package let name: String

        package init(_ name: String) { self.name = name }

        package init(stringLiteral name: String) { self.name = name }

        /// Whether a right entry stands first, and whether one is among the first three.
        package static let firstRight: Metric = "HasPositives@1"
        package static let threeRight: Metric = "HasPositives@3"

        /// The name before "@", and the number of results that it looks at.
        package var parts: (family: String, k: Int?) {
            let parts = name.split(separator: "@", maxSplits: 1)
            return (String(parts.first ?? ""), parts.count > 1 ? Int(parts[1]) : nil)
        }

        /// Shares of questions or entries in percent, means of other things with three digits.
        package var style: NumberStyle {
            ["HasPositives", "recall", "P"].contains(parts.family) ? .percent(1) : .decimal(3)
        }
    }
}

extension PilotReport.Candidate {
    /// How much better in the metric a candidate has to be to be preferred to a simpler one.
    package static let margin = 0.005

    /// The candidate with the highest score on development questions, or a simpler one (in the order
    /// of `Kind`) that is within the margin of it. Where some were not measured there, held-out
    /// questions decide, which makes the winner look a little better than it is.
    package static func best(
        of candidates: [PilotReport.Candidate], by metric: PilotReport.Metric
    ) -> PilotReport.Candidate? {
        let judgedByDevelopment = candidates.allSatisfy { $0.development != nil }
        let scored = candidates.compactMap { candidate in
            (judgedByDevelopment ? candidate.development : candidate.all[metric]?.value).map { (candidate, $0) }
        }
        guard let highest = scored.map(\.1).max() else { return nil }
        return scored.filter { $0.1 >= highest - margin }.min { a, b in
            a.0.kind != b.0.kind ? a.0.kind < b.0.kind : a.1 > b.1
        }?.0
    }
}
