import JSON
import Pilot
import Testing

@Suite struct `A verdict` {
    typealias Report = PilotReport

    private func candidate(
        _ kind: Report.Candidate.Kind, development: Double?, heldOut: Double, id: String? = nil
    ) -> Report.Candidate {
        Report.Candidate(
            kind, id: id, model: nil, development: development,
            all: ["MRR": Estimate(heldOut), .firstRight: Estimate(heldOut / 2)])
    }

    /// Keyword search, base and fine-tuned model with these scores on development questions.
    private func report(_ keywords: Double, _ base: Double, _ tuned: Double) -> Report {
        SampleReport.bare([
            candidate(.keywords, development: keywords, heldOut: 0.4),
            candidate(.base, development: base, heldOut: 0.5),
            candidate(.tuned, development: tuned, heldOut: 0.6),
        ])
    }

    // MARK: Choice

    @Test func `chooses by development questions, not by held-out ones`() {
        let report = report(0.3, 0.7, 0.5)
        #expect(report.chosen?.id == "base")
    }

    @Test func `chooses by held-out questions where development scores are missing`() {
        var report = report(0.3, 0.7, 0.5)
        report.candidates.append(candidate(.keywordsAndTuned, development: nil, heldOut: 0.9))
        #expect(report.chosen?.id == "bm25+fine_tuned")
    }

    @Test(arguments: [(0.5049, "base"), (0.5051, "fine_tuned")])
    func `prefers the simpler of two that hardly differ`(tuned: Double, id: String) {
        #expect(report(0.3, 0.5, tuned).chosen?.id == id)
    }

    @Test func `chooses the better of a kind`() {
        let candidates = [
            candidate(.tuned, development: 0.5, heldOut: 0, id: "a"), candidate(.tuned, development: 0.503, heldOut: 0, id: "b"),
        ]
        #expect(Report.Candidate.best(of: candidates, by: "MRR")?.id == "b")
    }

    @Test func `says when held-out questions prefer another`() throws {
        var report = report(0.3, 0.7, 0.5)
        func compare(_ difference: Double, _ p: Double) {
            report.comparisons = [.init("fine_tuned", "base", difference: Estimate(difference), p: p, adjustedP: p)]
        }
        compare(0.1, 0.2)
        #expect(Verdict(report).contradiction == nil)
        compare(-0.1, 0.001)
        #expect(Verdict(report).contradiction == nil)
        compare(0.1, 0.001)
        let found = try #require(Verdict(report).contradiction)
        #expect(found.candidate.id == "fine_tuned" && found.1.first == "base")
        #expect(report.json["verdict"]?["contradicted_by"]?.string == "fine_tuned")
        #expect(report.summary(.english).contains("Beware: on the held-out questions the fine-tuned model did better"))
        #expect(report.summary(.japanese).contains("ご注意ください。評価用の質問では、追加学習モデルのほうが"))
    }

    @Test func `says when the model was made for another language`() {
        var report = report(0.3, 0.2, 0.1)
        for share in [nil, 0, 0.02] as [Double?] {
            report.unknownShare = share
            #expect(Verdict(report).unknownShare == nil)
            #expect(!report.summary(.english).contains("another language"))
        }
        report.unknownShare = 0.216
        #expect(report.json["verdict"]?["unknown_share"]?.double == 0.216)
        #expect(report.summary(.english).contains("it does not know 22% of the tokens"))
        for language in ReportLanguage.allCases {
            #expect(report.summary(language).contains("kotae model pull intfloat/multilingual-e5-small"))
        }
    }

    @Test func `recommends nothing of nothing, and the only one as such`() throws {
        guard case .none = Verdict(SampleReport.bare()).choice else {
            Issue.record("something was chosen")
            return
        }
        let only = SampleReport.bare([candidate(.base, development: 0.5, heldOut: 0.5)])
        guard case .only(let candidate) = Verdict(only).choice else {
            Issue.record("not the only one")
            return
        }
        #expect(candidate.id == "base")
    }

    @Test func `stays with keyword search where nothing beats it`() {
        guard case .keywords = Verdict(report(0.8, 0.7, 0.5)).choice else {
            Issue.record("keyword search is not recommended")
            return
        }
    }

    @Test func `says when there is no comparison with keyword search`() {
        guard case .uncompared(let candidate) = Verdict(report(0.3, 0.4, 0.5)).choice else {
            Issue.record("a comparison was found")
            return
        }
        #expect(candidate.id == "fine_tuned")
    }

    @Test(arguments: [
        (0.1, 0.001, Report.Comparison.Finding.better), (-0.1, 0.001, .worse), (0.1, 0.2, .unproved),
        (0.1, 0.05, .unproved), (0, 0.001, .unproved),
    ])
    func `compares with keyword search, whichever way round it was tested`(
        difference: Double, p: Double, finding: Report.Comparison.Finding
    ) throws {
        for isReversed in [false, true] {
            var report = report(0.3, 0.4, 0.5)
            report.comparisons = [
                isReversed
                    ? .init("bm25", "fine_tuned", difference: Estimate(-difference), p: 0, adjustedP: p)
                    : .init("fine_tuned", "bm25", difference: Estimate(difference), p: 0, adjustedP: p)
            ]
            guard case .compared(_, let today, let comparison) = Verdict(report).choice else {
                Issue.record("no comparison")
                return
            }
            #expect(today.id == "bm25")
            #expect(comparison.finding == finding)
            #expect(comparison.difference.value == difference)
        }
    }

    @Test func `goes by the plain p-value, or by the interval, where there is nothing else`() {
        func finding(_ estimate: Estimate, p: Double?) -> Report.Comparison.Finding {
            Report.Comparison("a", "b", difference: estimate, p: p).finding
        }
        #expect(finding(Estimate(0.1), p: 0.01) == .better)
        #expect(finding(Estimate(0.1, 0.01...0.2), p: nil) == .better)
        #expect(finding(Estimate(-0.1, -0.2 ... -0.01), p: nil) == .worse)
        #expect(finding(Estimate(0.1, -0.01...0.2), p: nil) == .unproved)
        #expect(finding(Estimate(0.1), p: nil) == .unproved)
    }

    // MARK: Training

    @Test func `says what training brought`() {
        func text(_ report: Report) -> String {
            switch Verdict(report).training {
            case .none: "none"
            case .keptBaseModel: "kept"
            case .uncompared: "uncompared"
            case .compared(let comparison): "\(comparison.finding.rawValue) \(comparison.difference.value)"
            }
        }
        #expect(text(SampleReport.bare()) == "none")
        var report = report(0.3, 0.4, 0.5)
        #expect(text(report) == "uncompared")
        report.comparisons = [.init("base", "fine_tuned", difference: Estimate(-0.1), p: 0.01)]
        #expect(text(report) == "better 0.1")
        report.comparisons = [.init("fine_tuned", "base", difference: Estimate(-0.1), p: 0.01)]
        #expect(text(report) == "worse -0.1")
        report.comparisons = [.init("fine_tuned", "base", difference: Estimate(0.1), p: 0.5)]
        #expect(text(report) == "unproved 0.1")
        report.keptBaseModel = true
        #expect(text(report) == "kept")
    }

    // MARK: Labels

    @Test(arguments: [
        (Estimate(0.03, 0.001...0.06), "pays"), (Estimate(0.001, -0.005...0.009), "exhausted"),
        (Estimate(-0.02, -0.04...0.0), "exhausted"), (Estimate(0.02, -0.01...0.05), "unclear"),
        (Estimate(0.02), "unknown"),
    ])
    func `says whether more labels would pay`(gain: Estimate, expected: String) {
        var report = SampleReport.bare()
        report.learning = .init(points: [], questions: 100, lastGain: gain)
        #expect(report.json["verdict"]?["labels"]?.string == expected)
    }

    @Test func `knows nothing of labels without a learning curve`() {
        guard case .unknown = Verdict(SampleReport.bare()).labels else {
            Issue.record("something is known")
            return
        }
    }

    // MARK: Threshold

    @Test func `says from which score on answers may be shown`() {
        var report = SampleReport.bare()
        func calibration(_ chosen: Report.Calibration.Chosen?) -> Report.Calibration {
            .init(
                score: .cosine, wantedPrecision: 0.9, confidence: 0.9, answerable: 10, unanswerable: 5, curve: [],
                chosen: chosen, best: .init(threshold: 0.8, coverage: 0.1, precision: 0.85))
        }
        guard case .notCalibrated = Verdict(report).threshold else {
            Issue.record("calibrated")
            return
        }
        report.calibration = calibration(nil)
        guard case .unreachable(let best?) = Verdict(report).threshold else {
            Issue.record("reached")
            return
        }
        #expect(best.precision == 0.85)
        report.calibration = .init(
            score: .cosine, wantedPrecision: 0.9, confidence: 0.9, answerable: 10, unanswerable: 5, curve: [],
            chosen: nil, shortage: (12, 22))
        guard case .tooFew(12, 22) = Verdict(report).threshold else {
            Issue.record("enough")
            return
        }
        report.calibration = calibration(.init(threshold: 0.6, coverage: Estimate(0.4), precision: Estimate(0.93)))
        guard case .show(let chosen) = Verdict(report).threshold else {
            Issue.record("not shown")
            return
        }
        #expect(chosen.threshold == 0.6)
    }
}
