extension PilotReport {
    /// The verdict and the candidates' figures over all held-out questions, for a terminal.
    package func summary(_ language: ReportLanguage) -> String {
        let content = ReportContent(self, language)
        var parts = [content.lead, content.findings.map { "- \($0)" }.joined(separator: "\n")]
        let metrics = [metric] + [Metric.firstRight].filter { $0 != metric }
        // Figures come first, because names are of any width in any script.
        let lines = candidates.map { candidate in
            let figures = metrics.compactMap { metric in
                candidate.all[metric].map { "\(content.wording.title(metric)) \(content.text($0, metric))" }
            }
            let isChosen = candidate.id == chosen?.id && candidates.count > 1
            return "\(figures.joined(separator: " · ")) · \(content.name(candidate))\(isChosen ? " ✓" : "")"
        }
        if !lines.isEmpty {
            parts.append(([content.wording.allQuestions(questions.all) + ":"] + lines).joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n")
    }
}
