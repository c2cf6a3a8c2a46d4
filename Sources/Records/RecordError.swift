/// Where and why a data file cannot be read.
public struct RecordError: Error, Equatable, CustomStringConvertible {
    /// The path as the caller gave it, or "standard input".
    public let path: String
    /// Counted from 1; nil when the file as a whole is at fault. Lines end at LF.
    public let line: Int?
    /// Counted from 1, in UTF-8 bytes from the start of the line; a byte order mark does not count.
    public let column: Int?
    /// What was found and what would have been right.
    public let reason: String

    public init(path: String, line: Int? = nil, column: Int? = nil, reason: String) {
        self.path = path
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// For example `faq.csv:12: 3 cells where the header has 4 columns`.
    public var description: String {
        var place = path
        if let line {
            place += ":\(line)"
            if let column {
                place += ":\(column)"
            }
        }
        return "\(place): \(reason)"
    }
}
