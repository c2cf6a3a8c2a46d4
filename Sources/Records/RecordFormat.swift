/// How records are laid out in a data file.
public enum RecordFormat: String, Sendable, CaseIterable {
    /// One JSON object a line (JSON Lines, NDJSON).
    case jsonl
    /// Comma-separated values as RFC 4180 defines them, with a header row.
    case csv
    /// Tab-separated values with a header row. A cell that starts with a double quote follows the
    /// quoting rules of RFC 4180; any other cell is taken as it stands.
    case tsv

    /// The format that a file's name tells, without regard to case: `.jsonl`, `.ndjson` and `.json`
    /// are JSON Lines, `.csv` and `.tsv` are themselves.
    ///
    /// - Throws: `RecordError` for any other name, and for standard input, which has none.
    public init(path: String) throws(RecordError) {
        let name = path.lowercased()
        if [".jsonl", ".ndjson", ".json"].contains(where: name.hasSuffix) {
            self = .jsonl
        } else if name.hasSuffix(".csv") {
            self = .csv
        } else if name.hasSuffix(".tsv") {
            self = .tsv
        } else {
            let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw RecordError(
                path: InputWindow.name(of: path),
                reason: "the name does not tell the format; give it with --format (\(known))")
        }
    }
}
