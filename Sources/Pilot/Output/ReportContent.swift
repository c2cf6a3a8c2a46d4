internal import Charts

/// What the page and the Markdown file have in common: a report's sentences and tables in a language.
struct ReportContent {
    let report: PilotReport
    let wording: any Wording
    let verdict: Verdict

    init(_ report: PilotReport, _ language: ReportLanguage) {
        self.report = report
        wording = language.wording
        verdict = Verdict(report)
    }

    /// "95%".
    var confidence: String { NumberStyle.percent(0).text(report.confidence) }

    var metricTitle: String { wording.title(report.metric) }

    // MARK: Verdict

    /// Which candidate to use, in a sentence or two.
    var lead: String {
        let chosen: PilotReport.Candidate?
        var today: PilotReport.Candidate?
        switch verdict.choice {
        case .none: chosen = nil
        case .only(let candidate), .keywords(let candidate), .uncompared(let candidate): chosen = candidate
        case .compared(let candidate, let keywords, _): (chosen, today) = (candidate, keywords)
        }
        func first(_ candidate: PilotReport.Candidate?) -> String? {
            candidate?.all[.firstRight].map { text($0, .firstRight) }
        }
        return wording.verdict(
            ChoiceFacts(
                choice: verdict.choice, name: chosen.map { wording.phrase($0.kind) } ?? "",
                first: first(chosen), firstToday: first(today), questions: report.questions.all,
                metric: metricTitle, style: report.metric.style))
    }

    /// The further sentences: training, labels, threshold, business.
    var findings: [String] {
        let style = report.metric.style
        var findings: [String] = []
        if let share = verdict.unknownShare {
            findings.append(
                wording.unknownLanguage(share: NumberStyle.percent(0).text(share), model: Verdict.multilingualModel))
        }
        if let (other, comparison) = verdict.contradiction {
            findings.append(
                wording.contradicted(by: wording.phrase(other.kind), comparison, metric: metricTitle, style: style))
        }
        findings += [
            wording.verdict(verdict.training, metric: metricTitle, style: style),
            wording.verdict(verdict.labels, metric: metricTitle, style: style),
            wording.verdict(verdict.threshold, of: report.calibration),
        ]
        if let business = report.business, let headline = business.headline {
            findings.append(wording.verdict(headline, business.costs))
        }
        return findings
    }

    // MARK: Candidates

    /// A candidate's name; with its model where several are of a kind.
    func name(_ candidate: PilotReport.Candidate) -> String {
        let name = wording.name(candidate.kind)
        let isAlone = report.candidates.count { $0.kind == candidate.kind } == 1
        return isAlone ? name : "\(name) (\(candidate.model ?? candidate.id))"
    }

    func text(_ estimate: Estimate, _ metric: PilotReport.Metric) -> String {
        metric.style.text(estimate.value, estimate.interval)
    }

    /// Tables of all held-out questions and of those on entries seen and unseen in training, the latter
    /// where any candidate has figures.
    var candidateTables: [DataTable] {
        let questions = report.questions
        return [
            candidateTable(wording.allQuestions(questions.all)) { $0.all },
            candidateTable(wording.seenQuestions(questions.seen), \.seen),
            candidateTable(wording.unseenQuestions(questions.unseen), \.unseen),
        ].compactMap(\.self)
    }

    private func candidateTable(
        _ caption: String, _ scores: (PilotReport.Candidate) -> PilotReport.Scores?
    ) -> DataTable? {
        let rows = report.candidates.compactMap { candidate in scores(candidate).map { (candidate, $0) } }
        guard !rows.isEmpty else { return nil }
        let metrics = metrics
        return DataTable(
            caption: caption, columns: [wording.candidate] + metrics.map(wording.title),
            rows: rows.map { candidate, scores in
                let isChosen = candidate.id == report.chosen?.id && report.candidates.count > 1
                let note = [isChosen ? "✓ \(wording.used)" : nil, candidate.model].compactMap(\.self)
                let head = DataTable.Cell(
                    name(candidate), note: note.isEmpty ? nil : note.joined(separator: " · "))
                return [head] + metrics.map { metric in
                    DataTable.Cell(scores[metric].map { text($0, metric) } ?? "–")
                }
            })
    }

    /// Every metric that a candidate has, in the order of the first that has it.
    var metrics: [PilotReport.Metric] {
        var metrics: [PilotReport.Metric] = []
        for candidate in report.candidates {
            for scores in [candidate.all, candidate.seen, candidate.unseen] {
                for (metric, _) in scores?.values ?? [] where !metrics.contains(metric) { metrics.append(metric) }
            }
        }
        return metrics
    }

    var comparisonTable: DataTable? {
        guard !report.comparisons.isEmpty else { return nil }
        func name(_ id: String) -> String {
            report.candidates.first { $0.id == id }.map(self.name) ?? id
        }
        func text(_ p: Double?) -> DataTable.Cell {
            DataTable.Cell(p.map { PilotReport.Comparison.figure(p: $0) } ?? "–")
        }
        let style = report.metric.style
        return DataTable(
            caption: wording.comparisons, columns: wording.comparisonColumns(metric: metricTitle),
            rows: report.comparisons.map { comparison in
                let difference = comparison.difference
                return [
                    DataTable.Cell(wording.compared(name(comparison.first), name(comparison.second))),
                    DataTable.Cell(style.signed(difference.value, difference.interval)),
                    text(comparison.p), text(comparison.adjustedP),
                ]
            })
    }

    // MARK: Business

    func businessTable(_ business: BusinessCase) -> DataTable {
        let costs = business.costs
        let hasMoney = costs.costPerInquiry != nil
        let share = NumberStyle.percent(1)
        func amount(_ estimate: Estimate?) -> DataTable.Cell {
            DataTable.Cell(estimate.map { NumberStyle.count.text($0.value, $0.interval) } ?? "–")
        }
        return DataTable(
            columns: wording.businessColumns(currency: hasMoney ? costs.currency : nil),
            rows: business.outcomes.map { outcome in
                let right = outcome.shownRight
                let cells = [
                    DataTable.Cell(wording.presentation(outcome.presentation)),
                    DataTable.Cell(share.text(right.value, right.interval)),
                    amount(outcome.resolved), DataTable.Cell(wording.hours(outcome.hours)),
                ]
                guard hasMoney else { return cells }
                let least = outcome.resolvedShareForOneYear
                return cells + [
                    amount(outcome.saved), amount(outcome.net),
                    DataTable.Cell(outcome.payback.map(wording.months) ?? "–"),
                    DataTable.Cell(least.map { share.text($0.value, $0.interval) } ?? "–"),
                ]
            })
    }

    func assumptions(_ business: BusinessCase) -> [String] {
        let costs = business.costs
        return Costs.Entry.allCases.compactMap { entry in
            guard let text = wording.assumption(entry, costs) else { return nil }
            // What the file gives as a cost of an hour is not said again as a cost of an inquiry.
            if entry == .costPerInquiry, costs.costPerHour != nil { return nil }
            return costs.given.contains(entry) ? text : wording.byDefault(text)
        } + wording.furtherAssumptions
    }

    // MARK: Data

    var dataTable: DataTable {
        let data = report.data
        let rows = wording.dataRows
        let counts = [
            (rows.entries, data.entries), (rows.pairs, data.pairs), (rows.training, data.training),
            (rows.development, data.development), (rows.heldOut, data.heldOut),
        ] + data.leftOut.map { (wording.leftOut($0.reason), $0.count) }
        return DataTable(
            columns: wording.dataColumns,
            rows: counts.map { [DataTable.Cell($0.0), DataTable.Cell(wording.count($0.1))] })
    }
}
