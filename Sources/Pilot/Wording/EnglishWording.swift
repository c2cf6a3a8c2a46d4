internal import Charts

/// A report in English.
struct EnglishWording: Wording {
    // MARK: Page

    func title(_ name: String) -> String { "Search pilot: \(name)" }

    func subtitle(date: String, version: String) -> String { "\(date) · Kotae \(version)" }

    func charts(confidence: String) -> ChartWords {
        ChartWords(
            data: "Data as a table", interval: "In brackets \(confidence) intervals",
            everySo: { "One point in \($0)" })
    }

    var sections: SectionTitles {
        SectionTitles(
            verdict: "Verdict", results: "How often the right entry is found",
            silence: "When to stay silent", labels: "Would more labels pay?",
            hardest: "The hardest questions", data: "Data", business: "What it means for the help desk",
            reproduction: "How to reproduce")
    }

    // MARK: Candidates and metrics

    func name(_ kind: PilotReport.Candidate.Kind) -> String {
        switch kind {
        case .keywords: "Keyword search (BM25)"
        case .base: "Base model"
        case .keywordsAndBase: "Keywords + base model"
        case .tuned: "Fine-tuned model"
        case .keywordsAndTuned: "Keywords + fine-tuned model"
        }
    }

    func phrase(_ kind: PilotReport.Candidate.Kind) -> String {
        switch kind {
        case .keywords: "keyword search"
        case .base: "the base model"
        case .keywordsAndBase: "keyword search together with the base model"
        case .tuned: "the fine-tuned model"
        case .keywordsAndTuned: "keyword search together with the fine-tuned model"
        }
    }

    var candidate: String { "Candidate" }

    var used: String { "chosen" }

    func title(_ metric: PilotReport.Metric) -> String {
        switch metric.parts {
        case ("HasPositives", 1?): "Right entry first"
        case ("HasPositives", let k?): "Right entry among first \(k)"
        case ("recall", let k?): "Recall@\(k)"
        default: metric.name
        }
    }

    func explanation(_ metric: PilotReport.Metric) -> String? {
        let name = metric.name
        return switch metric.parts {
        case ("MRR", nil):
            "MRR: 1 divided by the place of the first right entry, averaged over the questions; 1 is best."
        case ("MRR", let k?):
            "\(name): 1 divided by the place of the first right entry, 0 beyond place \(k), averaged over the "
                + "questions; 1 is best."
        case ("MAP", _):
            "\(name): precision at the places of all right entries, averaged for each question and over the "
                + "questions; 1 is best."
        case ("nDCG", let k?):
            "\(name): how near the first \(k) results are to the best order, entries further down counting "
                + "less; 1 is best."
        case ("recall", let k?):
            "Recall@\(k): the share of a question's right entries that are among the first \(k) results."
        case ("P", let k?):
            "\(name): the share of right entries among the first \(k) results."
        default: nil
        }
    }

    // MARK: Verdict

    func verdict(_ facts: ChoiceFacts) -> String {
        let result = facts.first.map {
            " a right entry comes first for \($0) of the \(count(facts.questions)) held-out questions"
        }
        switch facts.choice {
        case .none:
            return "Nothing was evaluated, so there is nothing to recommend."
        case .only:
            return "Only \(facts.name) was evaluated" + (result.map { ":\($0)." } ?? ".")
        case .keywords:
            return "Stay with keyword search: none of the other candidates did better"
                + (result.map { ";\($0)." } ?? ".")
        case .uncompared:
            return "Use \(facts.name)" + (result.map { ":\($0)" } ?? "")
                + "; it was not compared with keyword search."
        case .compared(_, _, let comparison):
            let today = facts.firstToday.map { ", with keyword search for \($0)" } ?? ""
            let change = difference(facts.metric, comparison, facts.style)
            switch comparison.finding {
            case .better:
                return "Use \(facts.name)" + (result.map { ":\($0)\(today)" } ?? "")
                    + ". It is better than keyword search beyond chance (\(change))."
            case .unproved:
                return "Use \(facts.name), with caution" + (result.map { ":\($0)\(today)" } ?? "")
                    + ". The difference from keyword search may be chance (\(change))."
            case .worse:
                return "Stay with keyword search: \(facts.name) did best on the development questions, "
                    + "but worse than keyword search on the held-out questions (\(change)). The index and the "
                    + "figures below are those of \(facts.name) all the same."
            }
        }
    }

    func contradicted(
        by other: String, _ comparison: PilotReport.Comparison, metric: String, style: NumberStyle
    ) -> String {
        "Beware: on the held-out questions \(other) did better than what was chosen by the development "
            + "questions (\(difference(metric, comparison.reversed, style))). The two kinds of questions differ; "
            + "see which of them is like those that people ask."
    }

    func unknownLanguage(share: String, model: String) -> String {
        "The base model was made for another language: it does not know \(share) of the tokens of these questions. "
            + "Fetch one for many languages (kotae model pull \(model)) and run the pilot again with --model \(model)."
    }

    func verdict(_ training: Verdict.Training, metric: String, style: NumberStyle) -> String {
        switch training {
        case .none: return "There is no fine-tuned model, so what training would bring is unknown."
        case .keptBaseModel: return "Fine-tuning did not help: nothing that was learned beat the base "
            + "model, whose weights were kept."
        case .uncompared: return "The fine-tuned model was not compared with the base model."
        case .compared(let comparison):
            let change = difference(metric, comparison, style)
            switch comparison.finding {
            case .better: return "Fine-tuning helped: over the base model \(change)."
            case .worse: return "Fine-tuning did harm: against the base model \(change)."
            case .unproved: return "Whether fine-tuning helped cannot be told: against the base model "
                + "\(change), which may be chance."
            }
        }
    }

    func verdict(_ labels: Verdict.Labels, metric: String, style: NumberStyle) -> String {
        switch labels {
        case .unknown: "Whether labelling more pairs would pay is unknown: a learning curve takes 200 pairs to "
            + "learn from, and a fine-tuned model that beat the base model."
        case .pays(let gain): "Labelling more pairs should pay: the last step of the learning curve "
            + "brought \(metric) \(style.signed(gain.value, gain.interval))."
        case .exhausted(let gain): "Labelling more pairs of the same kind will hardly pay: the last step "
            + "of the learning curve brought \(metric) \(style.signed(gain.value, gain.interval))."
        case .unclear(let gain): "Whether labelling more pairs would pay cannot be told: the last step "
            + "of the learning curve brought \(metric) \(style.signed(gain.value, gain.interval))."
        }
    }

    func verdict(_ threshold: Verdict.Threshold, of calibration: PilotReport.Calibration?) -> String {
        let always = "No threshold was determined: every question gets an answer, right or wrong."
        guard let calibration else { return always }
        let wanted = NumberStyle.percent(0).text(calibration.wantedPrecision)
        let sureness = NumberStyle.percent(0).text(calibration.confidence)
        switch threshold {
        case .notCalibrated:
            return always
        case .show(let chosen):
            let style = NumberStyle.percent(1)
            return "Show answers from a score of \(calibration.score.style.text(chosen.threshold)) on: "
                + "\(style.text(chosen.coverage.value, chosen.coverage.interval)) of the questions get "
                + "one, and "
                + (chosen.precision.map { "\(style.text($0.value, $0.interval)) of those answers are right" }
                    ?? "so nothing is known of how many of those answers are right")
                + " (wanted: \(wanted), at a confidence of \(sureness))."
        case .tooFew(let questions, let needed):
            return "\(questions) questions are too few for a precision of \(wanted) at a confidence of "
                + "\(sureness): at least \(needed) are needed, all of them answered rightly. Do not show "
                + "single answers without a person."
        case .unreachable(let best?) where best.precision >= calibration.wantedPrecision:
            return "No score is sure enough to keep the wanted precision of \(wanted): the surest has "
                + "\(NumberStyle.percent(1).text(best.precision)) right of the "
                + "\(NumberStyle.percent(1).text(best.coverage)) that would be answered, which is too few to "
                + "be \(sureness) confident"
                + (calibration.bestConfidence.map { " (\(NumberStyle.percent(0).text($0)))" } ?? "")
                + ". Do not show single answers without a person."
        case .unreachable(let best?):
            return "No score reaches the wanted precision of \(wanted); the best is "
                + "\(NumberStyle.percent(1).text(best.precision)) right of the "
                + "\(NumberStyle.percent(1).text(best.coverage)) that would be answered. Do not show "
                + "single answers without a person."
        case .unreachable(nil):
            return "No score reaches the wanted precision of \(wanted). Do not show single answers "
                + "without a person."
        }
    }

    func verdict(_ outcome: BusinessCase.Outcome, _ costs: Costs) -> String {
        let resolved = NumberStyle.count.text(outcome.resolved.value, outcome.resolved.interval)
        let time = hours(outcome.hours)
        let saved = outcome.saved.map { ", \(money($0, costs.currency))" } ?? ""
        let payback = costs.onceCost > 0 ? outcome.payback.map { "; it pays back in \(months($0))" } ?? "" : ""
        return "Under the assumptions below it resolves \(resolved) inquiries a month without an agent: "
            + "\(time) hours\(saved)\(payback)."
    }

    // MARK: Results

    func allQuestions(_ questions: Int) -> String { "All \(count(questions)) held-out questions" }

    func seenQuestions(_ questions: Int) -> String {
        "\(count(questions)) of these: entry seen in training, with other questions"
    }

    func unseenQuestions(_ questions: Int) -> String {
        "\(count(questions)) of these: entry never seen in training"
    }

    func intervals(confidence: String) -> String { "In brackets: \(confidence) intervals over the questions." }

    var embedsAnswers: String {
        "Answers are searched by meaning too, not only questions: that found more on the development questions."
    }

    func chosen(byDevelopment: Bool, metric: String) -> String {
        byDevelopment
            ? "The chosen candidate has the best \(metric) on the development questions, or is simpler "
                + "and next to it; the held-out questions had no part in the choice."
            : "The candidate was chosen by its \(metric) on these very questions, so its figures lean "
                + "upward a little."
    }

    var comparisons: String { "Differences on the same questions" }

    func comparisonColumns(metric: String) -> [String] {
        ["Compared", "Difference in \(metric)", "p", "p, corrected"]
    }

    func compared(_ first: String, _ second: String) -> String { "\(first) − \(second)" }

    var comparisonNote: String {
        "p: how often chance alone makes a difference as large (paired randomization test, two-sided); "
            + "corrected for the number of comparisons after Holm. Below 0.05 counts as proved."
    }

    var recallTitle: String { "Right entries among the first k results" }

    var recallAxes: (x: String, y: String) { ("k, number of results", "Recall@k") }

    func recallSummary(lowest: String, highest: String, k: Int) -> String {
        "Recall@k of each candidate by the number of results. At k = \(k) it is between \(lowest) and "
            + "\(highest)."
    }

    // MARK: When to stay silent

    var curveTitle: String { "Precision and coverage" }

    var curveAxes: (x: String, y: String) {
        ("Coverage: share of questions answered", "Precision: share of answers right")
    }

    var precisionCurve: String { "Precision of the shown answers" }

    func wanted(_ precision: String) -> String { "Wanted precision, \(precision)" }

    func threshold(_ score: String) -> String { "threshold \(score)" }

    func curveSummary(questions: Int, threshold: String?) -> String {
        "The share of shown answers that are right, by the share of \(count(questions)) questions that "
            + "are answered. "
            + (threshold.map { "The chosen threshold, \($0), is marked." } ?? "No threshold was chosen.")
    }

    func calibratedOn(answerable: Int, unanswerable: Int) -> String {
        unanswerable == 0
            ? "Judged on \(count(answerable)) questions that an entry answers, and none without an "
                + "entry: where people ask such questions too, fewer of the shown answers are right."
            : "Judged on \(count(answerable)) questions that an entry answers and \(count(unanswerable)) "
                + "that none does."
    }

    var scoresTitle: String { "Scores of right and wrong answers" }

    func score(_ kind: PilotReport.ScoreKind) -> String {
        switch kind {
        case .cosine: "Score (cosine)"
        case .bm25: "Score (BM25)"
        case .fusion: "Score (sum of reciprocal ranks)"
        }
    }

    func rightAnswers(_ answers: Int) -> String { "Right answers (\(count(answers)))" }

    func wrongAnswers(_ answers: Int) -> String { "Wrong answers (\(count(answers)))" }

    var scoresSummary: String {
        "How many best answers have which score: above those that are right, below those that are wrong. "
            + "The less they overlap, the better a threshold tells them apart."
    }

    // MARK: Labels

    var learningAxis: String { "Pairs learned from (0: base model)" }

    func learningSummary(from: String, to: String, pairs: Int) -> String {
        "The metric by the number of pairs: from \(from) to \(to) with \(count(pairs)) pairs."
    }

    func learningNote(questions: Int) -> String { "Measured on \(count(questions)) questions." }

    // MARK: Hardest questions

    var hardestNote: String { "Questions whose right entry stands furthest down with the chosen "
        + "candidate, and what came first instead." }

    func wantedEntries(_ rank: String) -> String { "Right (\(rank))" }

    var foundEntries: String { "Found instead" }

    func rank(_ rank: Int?) -> String {
        rank.map { "at place \(count($0))" } ?? "not among the results"
    }

    var nothingFound: String { "nothing" }

    // MARK: Data

    var dataColumns: [String] { ["What", "Number"] }

    var dataRows: DataRows {
        DataRows(
            entries: "Entries of the corpus", pairs: "Pairs of a question and its entry",
            training: "Pairs for training", development: "Pairs for choosing (development)",
            heldOut: "Pairs held out for the figures")
    }

    func leftOut(_ reason: PilotReport.DataSummary.Reason) -> String {
        switch reason {
        case .duplicate: "Left out: there twice"
        case .unmatched: "Left out: entry not in the corpus"
        case .empty: "Left out: question or entry empty"
        case .negative: "Only learned from: labelled as not belonging together"
        }
    }

    // MARK: Reproduction

    var reproductionRows: ReproductionRows {
        ReproductionRows(
            version: "Kotae", model: "Base model", fingerprint: "Fingerprint of the base model",
            seed: "Seed", time: "Time taken")
    }

    func minutes(_ minutes: String) -> String { "\(minutes) minutes" }
}
