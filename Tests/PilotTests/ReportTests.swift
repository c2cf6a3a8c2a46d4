import Charts
import JSON
import Pilot
import TestSupport
import Testing

@Suite struct `A report` {
    /// Full, empty, with one candidate, and with single parts missing.
    private static func reports() throws -> [PilotReport] {
        let full = try SampleReport.full()
        var parts: [PilotReport] = [
            full, SampleReport.bare(), SampleReport.bare([SampleReport.candidate(.base, "m", development: nil, mrr: 0.5)]),
        ]
        let removals: [(inout PilotReport) -> Void] = [
            { $0.calibration = nil }, { $0.scores = nil }, { $0.learning = nil }, { $0.business = nil },
            { $0.comparisons = [] }, { $0.hardest = [] }, { $0.keptBaseModel = true },
            {
                $0.scores = .init(score: .bm25, right: [], wrong: [])
                $0.learning = .init(points: [], questions: 0, lastGain: nil)
                $0.calibration = .init(
                    score: .fusion, wantedPrecision: 0.99, confidence: 0.9, answerable: 5, unanswerable: 0,
                    curve: [], chosen: nil)
            },
        ]
        for remove in removals {
            var report = full
            remove(&report)
            parts.append(report)
        }
        return parts
    }

    @Test(arguments: ReportLanguage.allCases)
    func `is well-formed whatever is missing, and needs nothing else`(language: ReportLanguage) throws {
        for report in try Self.reports() {
            let page = report.html(language)
            #expect(malformation(of: page) == nil)
            #expect(page.contains("<html lang=\"\(language.rawValue)\">"))
            // Texts of others have neither "<" nor quotes, so these would be the page's own.
            for foreign in ["http:", "https:", "src=\"", "href=\"", "@import", "<script", "<link", "<img", ">nan"] {
                #expect(!page.contains(foreign), "\(foreign)")
            }
        }
    }

    @Test(arguments: ReportLanguage.allCases)
    func `shows texts of others as texts`(language: ReportLanguage) throws {
        let report = try SampleReport.full()
        let page = report.html(language)
        for question in SampleReport.hard {
            for text in [question.question] + (question.wanted + question.found).flatMap({ [$0.id, $0.text] }) {
                #expect(page.contains(Markup.escape(String(text.prefix(400)))))
            }
        }
        #expect(page.contains("<h1>") && !page.contains("<b>2026</b>"))
    }

    @Test(arguments: ReportLanguage.allCases)
    func `has its headings in order`(language: ReportLanguage) throws {
        for report in try Self.reports() {
            let levels = report.html(language).split(separator: "<h").dropFirst().compactMap { Int($0.prefix(1)) }
            #expect(levels.first == 1 && levels.count { $0 == 1 } == 1)
            #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 })
        }
    }

    @Test(arguments: ReportLanguage.allCases)
    func `shows every figure`(language: ReportLanguage) throws {
        let report = try SampleReport.full()
        let page = report.html(language)
        func expect(_ text: String) { #expect(page.contains(text), "\(text) is missing") }
        func expect(_ style: NumberStyle, _ estimate: Estimate) { expect(style.text(estimate.value, estimate.interval)) }
        for candidate in report.candidates {
            for scores in [candidate.all, candidate.seen, candidate.unseen] {
                for (metric, estimate) in scores?.values ?? [] { expect(metric.style, estimate) }
            }
            for point in candidate.recall { expect(.percent(1), point.recall) }
            if let model = candidate.model { expect(model) }
        }
        for comparison in report.comparisons {
            expect(NumberStyle.decimal(3).signed(comparison.difference.value, comparison.difference.interval))
        }
        for point in report.learning?.points ?? [] {
            expect(.decimal(3), point.score)
            expect(NumberStyle.count.text(Double(point.pairs)))
        }
        let chosen = try #require(report.calibration?.chosen)
        expect("0.621")
        expect(.percent(1), chosen.coverage)
        expect(.percent(1), try #require(chosen.precision))
        for outcome in try #require(report.business).outcomes {
            expect(.percent(1), outcome.shownRight)
            expect(.count, outcome.resolved)
            if let saved = outcome.saved, let net = outcome.net {
                expect(.count, saved)
                expect(.count, net)
            }
        }
        for count in ["337", "200", "137", "1,250", "1,684", "1,100", "247", "21", "7", "2"] { expect(count) }
        // The assumptions: 4,000 inquiries of 9 minutes, 60%, 50%, 40%, 42 an hour, 2,500, 6,000, 150.
        for assumption in ["4,000", "9", "60%", "50%", "40%", "42", "2,500", "6,000", "150"] { expect(assumption) }
        for command in report.reproduction.commands { expect(Markup.escape(command)) }
        expect(report.reproduction.fingerprint)
    }

    @Test(arguments: ReportLanguage.allCases)
    func `has a table behind each chart`(language: ReportLanguage) throws {
        let page = try SampleReport.full().html(language)
        let figures = page.split(separator: "<figure>").dropFirst().map { $0.split(separator: "</figure>")[0] }
        #expect(figures.count == 4)
        for figure in figures {
            #expect(figure.contains("<svg") && figure.contains("<title") && figure.contains("<desc"))
            #expect(figure.contains("<details>") && figure.contains("<table"))
        }
        for id in ["recall", "precision", "scores", "learning"] { #expect(page.contains("id=\"\(id)-title\"")) }
    }

    @Test func `marks the chosen candidate in words`() throws {
        let report = try SampleReport.full()
        #expect(report.chosen?.id == "bm25+fine_tuned")
        #expect(report.html(.english).contains("✓ chosen"))
        #expect(report.html(.japanese).contains("✓ 選定"))
    }

    @Test func `names the models where two candidates are of a kind`() throws {
        var report = try SampleReport.full()
        report.candidates.append(SampleReport.candidate(.tuned, "other-model", development: 0.1, mrr: 0.2))
        #expect(report.html(.english).contains("Fine-tuned model (other-model)"))
    }

    // MARK: Other files

    @Test func `is JSON with everything`() throws {
        let report = try SampleReport.full()
        let json = try JSONValue(parsing: report.json.indented)
        #expect(json == report.json)
        #expect(json["format"]?.integer == 1)
        #expect(json["candidates"]?.array?.count == 5)
        let tuned = try #require(json["candidates"]?.array?[3])
        #expect(tuned["id"]?.string == "fine_tuned")
        let mrr = try #require(tuned["unseen"]?["metrics"]?["MRR"]?.double)
        #expect(abs(mrr - 0.4399) < 1e-9)
        let interval = try #require(tuned["unseen"]?["intervals"]?["MRR"]?.array)
        #expect(interval.count == 2)
        #expect(json["calibration"]?["curve"]?.array?.count == 200)
        #expect(json["hardest"]?.array?[0]["question"]?.string == SampleReport.hard[0].question)
        #expect(json["business"]?["assumptions"]?["answerable_share"]?.double == 0.5)
        let verdict: JSONValue = [
            "chosen": "bm25+fine_tuned", "choice": "better", "contradicted_by": .null, "unknown_share": .null,
            "training": "better", "labels": "pays", "threshold": "show",
        ]
        #expect(json["verdict"] == verdict)
    }

    @Test func `has the same keys in JSON whatever is missing`() throws {
        let keys = try Self.reports().map { $0.json.object?.keys ?? [] }
        #expect(Set(keys).count == 1)
        for report in try Self.reports() { #expect(throws: Never.self) { try JSONValue(parsing: report.json.description) } }
    }

    @Test(arguments: ReportLanguage.allCases)
    func `is a Markdown table`(language: ReportLanguage) throws {
        let report = try SampleReport.full()
        let lines = report.markdown(language).split(separator: "\n", omittingEmptySubsequences: false)
        let tables = lines.split { !$0.hasPrefix("|") }
        // All, seen and unseen questions, comparisons, business.
        #expect(tables.map { $0.count - 2 } == [5, 5, 5, 4, 3])
        for table in tables {
            let columns = table.map { $0.replacing("\\|", with: "").count { $0 == "|" } }
            #expect(Set(columns).count == 1)
        }
        #expect(lines[0].contains("&lt;b&gt;2026&lt;/b&gt; &amp; co"))
    }

    // MARK: Sentences

    @Test func `says the verdict in a sentence`() throws {
        var report = try SampleReport.full()
        func lead(_ language: ReportLanguage) -> String {
            String(report.markdown(language).split(separator: "\n")[1].replacing("\u{2060}", with: ""))
        }
        #expect(lead(.english) == """
            Use keyword search together with the fine-tuned model: a right entry comes first for 38.9% (33.0–44.8%) \
            of the 337 held-out questions, with keyword search for 26.7% (20.8–32.6%). It is better than keyword \
            search beyond chance (MRR +0.122 (0.081–0.163), p = 0.0004).
            """)
        #expect(lead(.japanese) == """
            キーワード検索と追加学習モデルの併用を推奨します。評価用の質問337件のうち、正解の項目が1位になったのは38.9% (33.0–44.8%)、\
            キーワード検索では26.7% (20.8–32.6%)でした。キーワード検索との差は統計的に有意です（MRR +0.122 (0.081–0.163), p = 0.0004）。
            """)
        report.comparisons = [.init("bm25+fine_tuned", "bm25", difference: Estimate(-0.2), p: 0.00001)]
        #expect(lead(.english).hasPrefix("Stay with keyword search:") && lead(.english).contains("p < 0.0001"))
        #expect(lead(.japanese).hasPrefix("キーワード検索の継続を推奨します。"))
        report.comparisons = [.init("bm25+fine_tuned", "bm25", difference: Estimate(0.01), p: 0.5)]
        #expect(lead(.english).contains("may be chance") && lead(.japanese).contains("偶然の可能性"))
        report.comparisons = []
        #expect(lead(.english).contains("not compared") && lead(.japanese).contains("比較は行っていません"))
        report.candidates = [report.candidates[0]]
        #expect(lead(.english).hasPrefix("Only keyword search was evaluated"))
        report.candidates = []
        #expect(lead(.english).hasPrefix("Nothing was evaluated"))
    }

    @Test(arguments: ReportLanguage.allCases)
    func `has a sentence of its own for every finding`(language: ReportLanguage) throws {
        let wording = language.wording
        let comparison = { (value: Double) in PilotReport.Comparison("a", "b", difference: Estimate(value), p: 0.01) }
        let trainings: [Verdict.Training] = [
            .none, .keptBaseModel, .uncompared, .compared(comparison(0.1)), .compared(comparison(-0.1)),
            .compared(PilotReport.Comparison("a", "b", difference: Estimate(0.1))),
        ]
        let gain = Estimate(0.1, 0...0.2)
        let labels: [Verdict.Labels] = [.unknown, .pays(gain: gain), .exhausted(gain: gain), .unclear(gain: gain)]
        let calibration = SampleReport.calibration
        let thresholds: [Verdict.Threshold] = [
            .notCalibrated, .show(.init(threshold: 0.5, coverage: gain, precision: gain)), .unreachable(best: nil),
            .unreachable(best: .init(threshold: 0.5, coverage: 0.1, precision: 0.8)),
            .unreachable(best: .init(threshold: 0.5, coverage: 0.1, precision: 1)), .tooFew(questions: 9, needed: 22),
            .show(.init(threshold: 0.5, coverage: gain, precision: nil)),
        ]
        let style = NumberStyle.decimal(3)
        let sentences = trainings.map { wording.verdict($0, metric: "MRR", style: style) }
            + labels.map { wording.verdict($0, metric: "MRR", style: style) }
            + thresholds.map { wording.verdict($0, of: calibration) }
        #expect(Set(sentences).count == sentences.count)
        #expect(sentences.allSatisfy { $0.hasSuffix(language == .english ? "." : "。") })
    }

    @Test func `writes money and months as the language does`() {
        let english = ReportLanguage.english.wording
        let japanese = ReportLanguage.japanese.wording
        let amount = Estimate(1234, 1000...2000)
        #expect(english.money(amount, "EUR") == "EUR 1,234 (1,000–\u{2060}2,000)")
        #expect(japanese.money(amount, "JPY") == "1,234円 (1,000–\u{2060}2,000)")
        #expect(japanese.money(Estimate(5), "EUR") == "5 EUR")
        typealias Payback = BusinessCase.Payback
        #expect(english.months(Payback(expected: 6, soonest: 5, latest: 7.5)) == "6.0 months (5.0 to 7.5)")
        #expect(english.months(Payback(expected: 6, soonest: 5, latest: nil)) == "6.0 months (5.0 to never)")
        #expect(english.months(Payback(expected: nil, soonest: nil, latest: nil)) == "never")
        #expect(japanese.months(Payback(expected: 6, soonest: 5, latest: 7.5)) == "6.0か月（5.0〜7.5か月）")
        #expect(japanese.months(Payback(expected: nil, soonest: 10, latest: nil)) == "回収不可（最短で10.0か月）")
    }
}
