extension PilotReport {
    /// What the pilot was made with.
    package struct DataSummary: Sendable {
        /// Entries of the corpus.
        package let entries: Int
        /// Pairs of a question and its entry, after those that were left out.
        package let pairs: Int
        /// Pairs for training, for choosing (development) and held out for the figures.
        package let training: Int
        package let development: Int
        package let heldOut: Int
        /// Pairs that were left out, by the reason.
        package let leftOut: [(reason: Reason, count: Int)]

        package init(
            entries: Int, pairs: Int, training: Int, development: Int, heldOut: Int,
            leftOut: [(reason: Reason, count: Int)] = []
        ) {
            self.entries = entries
            self.pairs = pairs
            self.training = training
            self.development = development
            self.heldOut = heldOut
            self.leftOut = leftOut
        }

        package enum Reason: String, Sendable, CaseIterable {
            /// The same pair stands there again.
            case duplicate
            /// No entry has this id or this text.
            case unmatched
            /// Question or entry is empty.
            case empty
            /// Labelled as not belonging together: learned from, but no question to judge by.
            case negative
        }
    }

    /// A question whose right entry stands far down.
    package struct HardQuestion: Sendable {
        package let question: String
        package let wanted: [Entry]
        /// The first results, the best first.
        package let found: [Entry]
        /// The place of the first right entry, from 1; nil when it is not among the results that were
        /// looked at.
        package let rank: Int?

        package init(question: String, wanted: [Entry], found: [Entry], rank: Int?) {
            self.question = question
            self.wanted = wanted
            self.found = found
            self.rank = rank
        }

        package struct Entry: Sendable {
            package let id: String
            package let text: String
            /// nil for what was wanted.
            package let score: Double?

            package init(id: String, text: String, score: Double? = nil) {
                self.id = id
                self.text = text
                self.score = score
            }
        }
    }
}
