/// A CSV file in which a person marks what is right: its column `correct` is empty, and what is
/// written there (yes or no, in one of several ways) makes a pair or a labelled negative of the row
/// when `train` reads the sheet. Rows without a mark are passed over.
package struct ReviewSheet {
    /// One row to be marked.
    package struct Row: Sendable {
        package let query: String
        /// What may answer it.
        package let candidate: String
        /// The id of its document, where there is one.
        package let id: String?
        /// The cosine with the query.
        package let score: Float
        /// What helps to decide: the known answer, or the document's answer.
        package let context: String

        package init(query: String, candidate: String, id: String?, score: Float, context: String) {
            self.query = query
            self.candidate = candidate
            self.id = id
            self.score = score
            self.context = context
        }
    }

    package let rows: [Row]
    /// The name of the column of `context`.
    package let contextName: String

    package init(rows: [Row], contextName: String) {
        self.rows = rows
        self.contextName = contextName
    }

    /// The candidates whose scores are nearest to those of the known answers, nearest first: where a
    /// person's mark tells most.
    package init(
        nearestTo findings: [HardNegativeMiner.Finding], of set: PairSet, limit: Int
    ) {
        let candidates = findings.flatMap { finding in
            (finding.tooNear + finding.negatives).map { (finding, $0) }
        }
        let nearest = candidates.sorted {
            abs($0.0.positiveScore - $0.1.score) < abs($1.0.positiveScore - $1.1.score)
        }
        var seen: Set<[Int]> = []
        var rows: [Row] = []
        for (finding, candidate) in nearest where rows.count < limit {
            let pair = set.pairs[finding.pair]
            guard seen.insert([pair.query, candidate.passage]).inserted else { continue }
            rows.append(
                Row(
                    query: set.queries[pair.query], candidate: set.passages[candidate.passage],
                    id: nil, score: candidate.score, context: set.passages[pair.passage]))
        }
        self.rows = rows
        contextName = "known_answer"
    }

    /// The sheet as CSV (RFC 4180), with a byte order mark, without which Excel takes UTF-8 for
    /// something else.
    package var csv: String {
        let hasIDs = rows.contains { $0.id != nil }
        var header = ["query", "positive", "score", contextName, "correct"]
        if hasIDs { header.insert("positive_id", at: 1) }
        let lines = rows.map { row in
            var cells = [row.query, row.candidate, "\(row.score)", row.context, ""]
            if hasIDs { cells.insert(row.id ?? "", at: 1) }
            return cells
        }
        return "\u{FEFF}"
            + ([header] + lines).map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func quoted(_ cell: String) -> String {
        let needsQuotes = cell.unicodeScalars.contains { ["\"", ",", "\n", "\r"].contains($0) }
        return needsQuotes ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
    }
}
