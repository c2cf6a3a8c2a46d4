internal import Charts

extension PilotReport {
    /// `report.md`: verdict, candidates and business figures, to paste where Markdown is read.
    package func markdown(_ language: ReportLanguage) -> String {
        let content = ReportContent(self, language)
        let wording = content.wording
        var parts = [
            "# \(DataTable.markdown(wording.title(name)))", content.lead,
            content.findings.map { "- \($0)" }.joined(separator: "\n"),
        ]
        let tables = content.candidateTables
        if !tables.isEmpty {
            parts.append("## \(wording.sections.results)")
            parts += tables.map(\.markdown)
            parts.append(wording.intervals(confidence: content.confidence))
            if embedsAnswers { parts.append(wording.embedsAnswers) }
        }
        if let comparisons = content.comparisonTable { parts += [comparisons.markdown, wording.comparisonNote] }
        if let business, !business.outcomes.isEmpty {
            parts += [
                "## \(wording.sections.business)", content.businessTable(business).markdown,
                content.assumptions(business).map { "- \($0)" }.joined(separator: "\n"),
            ]
        }
        return parts.joined(separator: "\n\n") + "\n"
    }
}
