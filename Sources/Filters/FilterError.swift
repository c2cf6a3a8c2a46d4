/// Where and why a text is not a filter.
public struct FilterError: Error, Equatable, CustomStringConvertible {
    /// Counted from 1; lines end at LF.
    public let line: Int
    /// Counted from 1, in characters from the start of the line.
    public let column: Int
    /// What was found and what would have been right.
    public let reason: String

    public init(line: Int, column: Int, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// For example `line 1, character 15: unknown operator "$gt "; known are $eq, …`.
    public var description: String { "line \(line), character \(column): \(reason)" }
}

extension FilterError {
    /// - Parameter offset: a place in the text's UTF-8; beyond its end means at its end.
    init(at offset: Int, in text: String, reason: String) {
        let before = Array(text.utf8.prefix(offset))
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        self.init(
            line: before.count { $0 == 0x0A } + 1,
            column: String(decoding: before[lineStart...], as: UTF8.self).count + 1, reason: reason)
    }
}
