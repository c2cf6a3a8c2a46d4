internal import Charts

extension PilotReport {
    /// `report.html`: the whole report as one page that needs nothing else.
    package func html(_ language: ReportLanguage) -> String {
        ReportPage(content: ReportContent(self, language), language: language).html
    }
}

/// The page of a report, a section a function.
private struct ReportPage {
    let content: ReportContent
    let language: ReportLanguage

    private var report: PilotReport { content.report }
    private var wording: any Wording { content.wording }
    private var words: ChartWords { wording.charts(confidence: content.confidence) }

    var html: String {
        let title = wording.title(report.name)
        let date = wording.subtitle(date: report.date, version: report.reproduction.version)
        let sections = [
            verdict, results, silence, labels, hardest, data, business, reproduction,
        ].filter { !$0.isEmpty }
        let body = """
            <header>
            <h1>\(Markup.escape(title))</h1>
            \(paragraph(date, kind: "quiet"))
            </header>
            <main>
            \(sections.joined(separator: "\n"))
            </main>
            """
        return Page(language: language.rawValue, title: title, body: body).html
    }

    // MARK: Sections

    private var verdict: String {
        section(
            wording.sections.verdict,
            [paragraph(content.lead, kind: "lead"), list(content.findings)])
    }

    private var results: String {
        let tables = content.candidateTables
        guard !tables.isEmpty else { return "" }
        var parts = tables.map(\.html)
        parts.append(paragraph(wording.intervals(confidence: content.confidence), kind: "quiet"))
        if report.candidates.count > 1 {
            let byDevelopment = report.candidates.allSatisfy { $0.development != nil }
            parts.append(
                paragraph(
                    wording.chosen(byDevelopment: byDevelopment, metric: content.metricTitle), kind: "quiet"))
        }
        if report.embedsAnswers { parts.append(paragraph(wording.embedsAnswers, kind: "quiet")) }
        let explanations = content.metrics.compactMap(wording.explanation)
        if !explanations.isEmpty { parts.append(list(explanations, kind: "quiet")) }
        if let table = content.comparisonTable {
            parts += [table.html, paragraph(wording.comparisonNote, kind: "quiet")]
        }
        if let chart = content.recallChart { parts.append(charts([(chart.title, chart.html(words))])) }
        return section(wording.sections.results, parts)
    }

    private var silence: String {
        var parts: [String] = []
        if let calibration = report.calibration {
            parts.append(
                paragraph(
                    wording.calibratedOn(
                        answerable: calibration.answerable, unanswerable: calibration.unanswerable)))
        }
        let found = [
            content.precisionChart.map { ($0.title, $0.html(words)) },
            content.scoreChart.map { ($0.title, $0.html(words)) },
        ].compactMap(\.self)
        if !found.isEmpty { parts.append(charts(found)) }
        return parts.isEmpty ? "" : section(wording.sections.silence, parts)
    }

    private var labels: String {
        guard let learning = report.learning, let chart = content.learningChart else { return "" }
        return section(
            wording.sections.labels,
            [paragraph(wording.learningNote(questions: learning.questions)), chart.html(words)])
    }

    private var hardest: String {
        guard !report.hardest.isEmpty else { return "" }
        let items = report.hardest.map { question in
            let rank = wording.rank(question.rank)
            return """
                <div class="item">
                <h3>\(text(question.question))</h3>
                <dl>
                <dt>\(Markup.escape(wording.wantedEntries(rank)))</dt>
                \(entries(question.wanted))
                <dt>\(Markup.escape(wording.foundEntries))</dt>
                \(entries(question.found))
                </dl>
                </div>
                """
        }
        return section(wording.sections.hardest, [paragraph(wording.hardestNote)] + items)
    }

    private func entries(_ entries: [HardEntry]) -> String {
        if entries.isEmpty { return "<dd>\(Markup.escape(wording.nothingFound))</dd>" }
        let style = report.chosen?.kind.score.style ?? .decimal(3)
        return entries.map { entry in
            let score = entry.score.map { " · \(style.text($0))" } ?? ""
            return "<dd>\(text(entry.text)) <small><code>\(text(entry.id))</code>\(Markup.escape(score))</small></dd>"
        }.joined(separator: "\n")
    }

    private typealias HardEntry = PilotReport.HardQuestion.Entry

    private var data: String { section(wording.sections.data, [content.dataTable.html]) }

    private var business: String {
        guard let business = report.business, !business.outcomes.isEmpty else { return "" }
        return section(
            wording.sections.business,
            [
                content.businessTable(business).html,
                "<h3>\(Markup.escape(wording.assumptions))</h3>", list(content.assumptions(business)),
            ])
    }

    private var reproduction: String {
        let facts = report.reproduction
        let titles = wording.reproductionRows
        var rows = [
            (titles.version, facts.version), (titles.model, facts.model),
            (titles.fingerprint, facts.fingerprint), (titles.seed, "\(facts.seed)"),
        ]
        if let seconds = facts.seconds {
            rows.append((titles.time, wording.minutes(NumberStyle.decimal(1).text(seconds / 60))))
        }
        let terms = rows.map { "<dt>\(Markup.escape($0.0))</dt><dd>\(Markup.escape($0.1))</dd>" }
        return section(
            wording.sections.reproduction,
            [
                "<pre>\(Markup.escape(facts.commands.joined(separator: "\n")))</pre>",
                "<dl>\(terms.joined(separator: "\n"))</dl>",
            ])
    }

    // MARK: Parts

    private func section(_ title: String, _ parts: [String]) -> String {
        "<section>\n<h2>\(Markup.escape(title))</h2>\n\(parts.joined(separator: "\n"))\n</section>"
    }

    private func charts(_ figures: [(title: String, html: String)]) -> String {
        let sections = figures.map {
            "<section>\n<h3>\(Markup.escape($0.title))</h3>\n\($0.html)\n</section>"
        }
        return "<div class=\"charts\">\n\(sections.joined(separator: "\n"))\n</div>"
    }

    private func paragraph(_ text: String, kind: String? = nil) -> String {
        let kind = kind.map { " class=\"\($0)\"" } ?? ""
        return "<p\(kind)>\(Markup.escape(text))</p>"
    }

    private func list(_ items: [String], kind: String? = nil) -> String {
        let kind = kind.map { " class=\"\($0)\"" } ?? ""
        return "<ul\(kind)>\n\(items.map { "<li>\(Markup.escape($0))</li>" }.joined(separator: "\n"))\n</ul>"
    }

    /// The most characters of a text that the page shows; `report.json` has it whole.
    private static let longest = 400

    /// Someone else's text, which may be of any length and in any script.
    private func text(_ text: String) -> String {
        let shown = text.count > Self.longest ? text.prefix(Self.longest) + "…" : text[...]
        return "<bdi>\(Markup.escape(String(shown)))</bdi>"
    }
}
