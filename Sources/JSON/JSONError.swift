/// Where and why a text is not JSON.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// Counted from 1; lines end at LF.
    public let line: Int
    /// Counted from 1, in UTF-8 bytes from the start of the line.
    public let column: Int
    /// What was found and what would have been right.
    public let reason: String

    public init(line: Int, column: Int, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    public var description: String { "line \(line), column \(column): \(reason)" }
}
