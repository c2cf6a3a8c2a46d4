import JSON
import Pilot

/// Reports with made-up figures, as full and as awkward as they come.
enum SampleReport {
    typealias Report = PilotReport

    static func estimate(_ value: Double, _ low: Double, _ high: Double) -> Estimate {
        Estimate(value, low...high)
    }

    /// A value with an interval of ± `half`, within 0 and 1.
    private static func around(_ value: Double, _ half: Double) -> Estimate {
        Estimate(value, max(0, value - half)...min(1, value + half))
    }

    static func scores(_ mrr: Double, _ first: Double, _ three: Double, half: Double) -> Report.Scores {
        Report.Scores([
            ("MRR", around(mrr, half)), (.firstRight, around(first, half + 0.01)),
            (.threeRight, around(three, half)), ("HasPositives@5", around(three + 0.071, half)),
            ("nDCG@10", around(mrr + 0.0521, half)), ("MAP", around(mrr - 0.0113, half)),
        ])
    }

    static func candidate(
        _ kind: Report.Candidate.Kind, _ model: String?, development: Double?, mrr: Double
    ) -> Report.Candidate {
        let recall = zip([1, 3, 5, 10, 20, 100], [-0.09, 0.06, 0.13, 0.21, 0.27, 0.36]).map { k, more in
            Report.RecallPoint(k: k, recall: around(mrr + more, 0.052 - more / 12))
        }
        return Report.Candidate(
            kind, model: model, development: development,
            all: scores(mrr, mrr - 0.1042, mrr + 0.0613, half: 0.0491),
            seen: scores(mrr + 0.0312, mrr - 0.0712, mrr + 0.0813, half: 0.0651),
            unseen: scores(mrr - 0.0452, mrr - 0.1512, mrr + 0.0321, half: 0.0812), recall: recall)
    }

    static let hard: [Report.HardQuestion] = [
        Report.HardQuestion(
            question: "<script>alert(\"x\")</script> & 'quotes' — \u{202E}reversed\u{0} \u{7}",
            wanted: [.init(id: "billing-013", text: "How do I pay?</dd></section><img src=x onerror=alert(1)>")],
            found: [
                .init(id: String(repeating: "a-very-long-identifier/", count: 6), text: "Where is my parcel?", score: 0.71234),
                .init(id: "x&y", text: String(repeating: "Unbreakable", count: 30), score: 0.70011),
            ], rank: 14),
        Report.HardQuestion(
            question: String(repeating: "I ordered three things last week and only one arrived, which is odd. ", count: 5),
            wanted: [
                .init(id: "shipping-020", text: "One item is missing from my parcel. What should I do?"),
                .init(id: "shipping-021", text: String(repeating: "A long entry. ", count: 60)),
            ],
            found: [.init(id: "shipping-009", text: "How do I track my order?", score: 0.66)], rank: nil),
        Report.HardQuestion(
            question: "先週注文した商品がまだ届かないのですが、追跡番号を入力しても「該当なし」と表示されます。どうすればよいでしょうか。",
            wanted: [.init(id: "配送-017", text: "荷物が届きません。")], found: [], rank: nil),
    ]

    /// A curve that falls, with ripples where few questions are answered.
    private static func curvePoint(_ step: Int) -> Report.Calibration.Point {
        let coverage = Double(step) / 200
        let ripple = Double((step * 37) % 11) / Double(11 * step)
        let precision = 1 - 0.36 * coverage * coverage - 0.25 * ripple
        return .init(threshold: 0.95 - 0.6 * coverage, coverage: coverage, precision: precision)
    }

    static let calibration = Report.Calibration(
        score: .cosine, wantedPrecision: 0.9, confidence: 0.9, answerable: 337, unanswerable: 112,
        curve: (1...200).map(curvePoint),
        chosen: .init(
            threshold: 0.6213, coverage: estimate(0.4432, 0.3871, 0.4991),
            precision: estimate(0.9264, 0.8751, 0.9612)))

    /// Numbers from `low` on, spread over `width` in an order that is none.
    private static func spread(_ count: Int, _ low: Double, _ width: Double) -> [Double] {
        (0..<count).map { index -> Double in
            let place = Double((index * 73) % 241) / 241
            return low + width * place
        }
    }

    static let histogram = Report.ScoreHistogram(
        score: .cosine, right: spread(210, 0.5, 0.45), wrong: spread(239, 0.21, 0.5))

    static func costs(_ extra: JSONObject = JSONObject()) throws -> Costs {
        var members = JSONObject([
            ("inquiries_per_month", 4000), ("minutes_per_inquiry", 9), ("suggestion_share", 0.6),
            ("resolved_share", 0.4), ("cost_per_hour", 42), ("currency", "EUR"), ("labelling_cost", 2500),
            ("setup_cost", 6000), ("running_cost_per_month", 150),
        ])
        for (key, value) in extra.members { members[key] = value }
        return try Costs(members)
    }

    /// With every part.
    static func full() throws -> Report {
        var report = Report(
            name: "support-faq <b>2026</b> & co", date: "2026-03-14", metric: "MRR",
            questions: .init(all: 337, seen: 200, unseen: 137),
            candidates: [
                candidate(.keywords, nil, development: 0.401, mrr: 0.3712),
                candidate(.base, "all-MiniLM-L6-v2", development: 0.447, mrr: 0.3844),
                candidate(.keywordsAndBase, "all-MiniLM-L6-v2", development: 0.462, mrr: 0.4312),
                candidate(.tuned, "models/support-faq-2026-03-14-fine-tuned-by-the-pilot", development: 0.553, mrr: 0.4851),
                candidate(
                    .keywordsAndTuned, "models/support-faq-2026-03-14-fine-tuned-by-the-pilot",
                    development: 0.571, mrr: 0.4932),
            ],
            data: .init(
                entries: 1250, pairs: 1684, training: 1100, development: 247, heldOut: 337,
                leftOut: [(.duplicate, 21), (.unmatched, 7), (.empty, 2)]),
            reproduction: .init(
                commands: [
                    "kotae pilot --corpus faq.jsonl --pairs pairs.jsonl --to pilot --minutes 15 --costs costs.yaml --language en",
                    "kotae evaluate pilot/index --pairs pilot/held-out.jsonl --k 1,3,5,10,20,100",
                ],
                version: "0.5.0", model: "all-MiniLM-L6-v2",
                fingerprint: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db", seed: 1,
                seconds: 754))
        report.comparisons = [
            .init("bm25+fine_tuned", "bm25", difference: estimate(0.1220, 0.0812, 0.1631), p: 0.0001, adjustedP: 0.0004),
            .init("bm25+fine_tuned", "base", difference: estimate(0.1088, 0.0691, 0.1482), p: 0.00002, adjustedP: 0.00008),
            .init("fine_tuned", "base", difference: estimate(0.1007, 0.0593, 0.1418), p: 0.0003, adjustedP: 0.0009),
            .init("bm25+fine_tuned", "fine_tuned", difference: estimate(0.0081, -0.0142, 0.0311), p: 0.4711, adjustedP: 0.4711),
        ]
        report.embedsAnswers = true
        report.calibration = calibration
        report.scores = histogram
        report.hardest = hard
        report.learning = .init(
            points: [
                .init(pairs: 0, score: estimate(0.4470, 0.401, 0.493)), .init(pairs: 275, score: estimate(0.4892, 0.442, 0.536)),
                .init(pairs: 550, score: estimate(0.5241, 0.477, 0.571)), .init(pairs: 1100, score: estimate(0.5530, 0.506, 0.600)),
            ], questions: 247, lastGain: estimate(0.0289, 0.0071, 0.0511))
        report.business = BusinessCase(
            try costs(), firstRight: estimate(0.389, 0.33, 0.448), threeRight: estimate(0.5545, 0.505, 0.604),
            confident: (estimate(0.58, 0.52, 0.64), estimate(0.37, 0.31, 0.43)))
        return report
    }

    /// With nothing but what must be there.
    static func bare(_ candidates: [Report.Candidate] = []) -> Report {
        Report(
            name: "faq", date: "2026-03-14", metric: "MRR", questions: .init(all: 40, seen: 0, unseen: 0),
            candidates: candidates, data: .init(entries: 12, pairs: 40, training: 0, development: 0, heldOut: 40),
            reproduction: .init(commands: [], version: "0.5.0", model: "m", fingerprint: "", seed: 0))
    }
}
