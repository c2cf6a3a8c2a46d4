package import Charts

/// The language of a report.
package enum ReportLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case japanese = "ja"

    package var wording: any Wording {
        switch self {
        case .english: EnglishWording()
        case .japanese: JapaneseWording()
        }
    }
}

/// Every word of a report. Numbers come as they are written; a language that lacks one of these does
/// not compile.
package protocol Wording: Sendable {
    // Page.
    func title(_ name: String) -> String
    func subtitle(date: String, version: String) -> String
    /// - Parameter confidence: "95%".
    func charts(confidence: String) -> ChartWords
    var sections: SectionTitles { get }

    // Candidates and metrics.
    /// As tables name it, and as sentences do.
    func name(_ kind: PilotReport.Candidate.Kind) -> String
    func phrase(_ kind: PilotReport.Candidate.Kind) -> String
    var candidate: String { get }
    /// Beside the candidate that was chosen.
    var used: String { get }
    func title(_ metric: PilotReport.Metric) -> String
    /// What a metric means; nil for one whose title says it.
    func explanation(_ metric: PilotReport.Metric) -> String?

    // Verdict.
    func verdict(_ facts: ChoiceFacts) -> String
    /// That another candidate did better on the held-out questions.
    ///
    /// - Parameter comparison: of the chosen candidate with the other.
    func contradicted(by other: String, _ comparison: PilotReport.Comparison, metric: String, style: NumberStyle) -> String
    /// That the base model was made for another language.
    ///
    /// - Parameters:
    ///   - share: of tokens that it does not know, such as "22%".
    ///   - model: one for many languages, by its name on the hub.
    func unknownLanguage(share: String, model: String) -> String
    func verdict(_ training: Verdict.Training, metric: String, style: NumberStyle) -> String
    func verdict(_ labels: Verdict.Labels, metric: String, style: NumberStyle) -> String
    func verdict(_ threshold: Verdict.Threshold, of calibration: PilotReport.Calibration?) -> String
    func verdict(_ outcome: BusinessCase.Outcome, _ costs: Costs) -> String

    // Results.
    func allQuestions(_ count: Int) -> String
    func seenQuestions(_ count: Int) -> String
    func unseenQuestions(_ count: Int) -> String
    func intervals(confidence: String) -> String
    /// That answers are searched by meaning too.
    var embedsAnswers: String { get }
    /// How the candidate was chosen.
    func chosen(byDevelopment: Bool, metric: String) -> String
    var comparisons: String { get }
    /// Columns: what is compared, difference, p, p after Holm's correction.
    func comparisonColumns(metric: String) -> [String]
    func compared(_ first: String, _ second: String) -> String
    var comparisonNote: String { get }
    var recallTitle: String { get }
    /// Axes: number of results, recall.
    var recallAxes: (x: String, y: String) { get }
    func recallSummary(lowest: String, highest: String, k: Int) -> String

    // When to stay silent.
    var curveTitle: String { get }
    /// Axes: coverage, precision.
    var curveAxes: (x: String, y: String) { get }
    var precisionCurve: String { get }
    func wanted(_ precision: String) -> String
    func threshold(_ score: String) -> String
    func curveSummary(questions: Int, threshold: String?) -> String
    /// By which questions it was judged.
    func calibratedOn(answerable: Int, unanswerable: Int) -> String
    var scoresTitle: String { get }
    func score(_ kind: PilotReport.ScoreKind) -> String
    func rightAnswers(_ count: Int) -> String
    func wrongAnswers(_ count: Int) -> String
    var scoresSummary: String { get }

    // Labels.
    var learningAxis: String { get }
    func learningSummary(from: String, to: String, pairs: Int) -> String
    func learningNote(questions: Int) -> String

    // Hardest questions.
    var hardestNote: String { get }
    /// - Parameter rank: what `rank` says.
    func wantedEntries(_ rank: String) -> String
    var foundEntries: String { get }
    func rank(_ rank: Int?) -> String
    var nothingFound: String { get }

    // Data.
    /// Columns: what, number.
    var dataColumns: [String] { get }
    var dataRows: DataRows { get }
    func leftOut(_ reason: PilotReport.DataSummary.Reason) -> String

    // Business.
    /// Columns: presentation, shown right, resolved a month, hours a month, and with money saved, left
    /// after running costs, payback, resolved share for a year.
    func businessColumns(currency: String?) -> [String]
    func presentation(_ presentation: BusinessCase.Presentation) -> String
    func money(_ amount: Estimate, _ currency: String) -> String
    func months(_ payback: BusinessCase.Payback) -> String
    var assumptions: String { get }
    /// The assumption behind an entry; nil for one that says nothing by itself.
    func assumption(_ entry: Costs.Entry, _ costs: Costs) -> String?
    /// An assumption that nobody has given.
    func byDefault(_ assumption: String) -> String
    /// What is assumed besides the entries of the costs file.
    var furtherAssumptions: [String] { get }

    // Reproduction.
    var reproductionRows: ReproductionRows { get }
    func minutes(_ minutes: String) -> String
}

package struct SectionTitles: Sendable {
    let verdict, results, silence, labels, hardest, data, business, reproduction: String
}

package struct DataRows: Sendable {
    let entries, pairs, training, development, heldOut: String
}

package struct ReproductionRows: Sendable {
    let version, model, fingerprint, seed, time: String
}

/// What the first sentence of a report says.
package struct ChoiceFacts: Sendable {
    let choice: Verdict.Choice
    /// As sentences name the candidate.
    let name: String
    /// "62.4% (57.1–67.2%)" of questions with a right entry first, or nil.
    let first: String?
    /// The same of keyword search.
    let firstToday: String?
    let questions: Int
    let metric: String
    let style: NumberStyle
}

/// Numbers as every language writes them.
extension Wording {
    func count(_ value: Int) -> String { NumberStyle.count.text(Double(value)) }

    /// Hours: whole ones from 10 on.
    func hourStyle(_ hours: Estimate) -> NumberStyle { .decimal(hours.value < 10 ? 1 : 0) }

    func hours(_ hours: Estimate) -> String { hourStyle(hours).text(hours.value, hours.interval) }

    /// A number as it was given, up to two digits after the point.
    func exact(_ value: Double) -> String {
        NumberStyle.decimal(value == value.rounded() ? 0 : 2).text(value)
    }

    /// "MRR +0.120 (0.081–0.160), p = 0.0002".
    func difference(
        _ metric: String, _ comparison: PilotReport.Comparison, _ style: NumberStyle
    ) -> String {
        let difference = style.signed(comparison.difference.value, comparison.difference.interval)
        let p = (comparison.adjustedP ?? comparison.p).map { ", \(PilotReport.Comparison.text(p: $0))" } ?? ""
        return "\(metric) \(difference)\(p)"
    }
}
