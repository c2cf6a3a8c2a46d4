public import JSON

/// One record of a data file.
public struct Record: Sendable {
    /// The line at which the record starts, from 1.
    public let line: Int
    /// The fields in the order of the file. In CSV and TSV every value is a string.
    public let fields: JSONObject

    public init(line: Int, fields: JSONObject) {
        self.line = line
        self.fields = fields
    }
}

/// Reads JSON Lines, CSV or TSV record by record, in memory that does not grow with the file.
///
/// Blank lines between records are skipped; in a table of one column an empty value is written
/// `""`. CSV and TSV start with a header row that names the columns, each once.
public struct RecordReader: ~Copyable {
    public let format: RecordFormat
    /// The names of a table's columns; empty for JSON Lines.
    public let columns: [String]

    private var lines: LineReader
    /// Kept from row to row for its memory.
    private var cells: [String] = []

    /// Opens a file and reads the header row of a table.
    ///
    /// - Parameters:
    ///   - path: a file, or "-" for standard input, called "standard input" in errors.
    ///   - format: nil for the one that the name tells.
    ///   - encoding: the file's.
    ///   - limit: the longest record in bytes.
    /// - Throws: `RecordError` when the format is unknown, the file cannot be read, or the header
    ///   row is missing, malformed or names a column twice.
    public init(
        path: String, format: RecordFormat? = nil, encoding: TextEncoding = .utf8,
        limit: Int = LineReader.defaultLimit
    ) throws(RecordError) {
        try self.init(
            path: path, format: format, encoding: encoding, limit: limit,
            bufferSize: InputWindow.defaultSize)
    }

    /// As above, with the number of bytes that one `read` asks for.
    package init(
        path: String, format: RecordFormat?, encoding: TextEncoding, limit: Int, bufferSize: Int
    ) throws(RecordError) {
        let format = if let format { format } else { try RecordFormat(path: path) }
        let lines = try LineReader(
            path: path, encoding: encoding, limit: limit, bufferSize: bufferSize)
        try self.init(lines: lines, format: format)
    }

    /// As above, of a file that may have been read before.
    ///
    /// - Parameter format: nil for the one that the name tells, and JSON Lines for a stream whose
    ///   name does not.
    package init(
        file: RereadableFile, format: RecordFormat? = nil, encoding: TextEncoding = .utf8,
        limit: Int = LineReader.defaultLimit
    ) throws(RecordError) {
        let told: RecordFormat
        do throws(RecordError) {
            told = if let format { format } else { try RecordFormat(path: file.path) }
        } catch {
            guard file.isStream else { throw error }
            told = .jsonl
        }
        try self.init(
            lines: LineReader(file: file, encoding: encoding, limit: limit), format: told)
    }

    private init(lines: consuming LineReader, format: RecordFormat) throws(RecordError) {
        let columns =
            if let separator = format.separator {
                try lines.header(separator: separator)
            } else {
                [String]()
            }
        self.format = format
        self.columns = columns
        self.lines = lines
    }

    /// The next record, or nil after the last.
    ///
    /// - Throws: `RecordError` with the line, and the column where there is one: for text that is
    ///   not in the format, a row with another number of cells than the header, bytes that are not
    ///   in the encoding, and a record longer than the limit; and when the file cannot be read. Do not go on
    ///   reading after an error.
    public mutating func next() throws(RecordError) -> Record? {
        guard let separator = format.separator else { return try lines.nextObject() }
        guard let line = try lines.nextRow(separator: separator, into: &cells) else { return nil }
        guard cells.count == columns.count else {
            let found = cells.count == 1 ? "1 cell" : "\(cells.count) cells"
            let expected = columns.count == 1 ? "1 column" : "\(columns.count) columns"
            throw RecordError(
                path: lines.window.name, line: line,
                reason: "\(found) where the header has \(expected)")
        }
        let members = columns.indices.map { (key: columns[$0], value: JSONValue.string(cells[$0])) }
        return Record(line: line, fields: JSONObject(members))
    }
}

extension RecordFormat {
    fileprivate var separator: UInt8? {
        switch self {
        case .jsonl: nil
        case .csv: UInt8(ascii: ",")
        case .tsv: UInt8(ascii: "\t")
        }
    }
}

extension LineReader {
    fileprivate mutating func nextObject() throws(RecordError) -> Record? {
        while let extent = try nextLine() {
            line += 1
            let value = try value(of: extent)
            window.consume(extent.total)
            guard let value else { continue }
            guard let fields = value.object else { throw notAnObject(value.kind) }
            return Record(line: line, fields: fields)
        }
        return nil
    }

    /// The JSON of the line at the window's front; nil for a blank line.
    private func value(of extent: Extent) throws(RecordError) -> JSONValue? {
        try window.withBytes { (bytes) throws(RecordError) in
            let content = UnsafeBufferPointer(rebasing: bytes[..<extent.content])
            let first = content.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
            guard let first else { return nil }
            // Likely one array over many lines, whose first line is no JSON by itself.
            if first == UInt8(ascii: "[") { throw notAnObject("an array") }
            do throws(JSONError) {
                return try JSONValue(parsing: content)
            } catch {
                // In another encoding a line may go wrong anywhere.
                do throws(ContentError) {
                    _ = try String(checking: content, at: 0)
                } catch {
                    throw window.located(error, in: content, firstLine: line)
                }
                throw RecordError(
                    path: window.name, line: line, column: error.column, reason: error.reason)
            }
        }
    }

    private func notAnObject(_ found: String) -> RecordError {
        RecordError(
            path: window.name, line: line,
            reason: "\(found) where an object should be; write one JSON object a line")
    }

    fileprivate mutating func header(separator: UInt8) throws(RecordError) -> [String] {
        var names: [String] = []
        guard let row = try nextRow(separator: separator, into: &names) else {
            throw RecordError(
                path: window.name, reason: "empty; the first row should name the columns")
        }
        var seen: [[UInt8]: Int] = [:]
        for (index, name) in names.enumerated() {
            if let first = seen.updateValue(index, forKey: Array(name.utf8)) {
                throw RecordError(
                    path: window.name, line: row,
                    reason: "columns \(first + 1) and \(index + 1) have the same name, '\(name)'")
            }
        }
        return names
    }

    /// Reads the next row that is not blank.
    ///
    /// - Returns: the line at which it starts, or nil at the end of the file.
    fileprivate mutating func nextRow(
        separator: UInt8, into cells: inout [String]
    ) throws(RecordError) -> Int? {
        while true {
            var scanner = RowScanner(separator: separator)
            let extent: Extent?
            do throws(RecordError) {
                extent = try nextExtent { scanner.scan($0, from: $1) }
            } catch {
                guard scanner.isQuoted, window.count > limit, let opening = scanner.opening else {
                    throw error
                }
                throw locate(
                    ContentError(
                        offset: opening,
                        reason: "this quote is not closed within the limit of \(limit) bytes"))
            }
            guard let extent else { return nil }
            let first = line + 1
            if extent.content > 0 { try split(extent, separator: separator, into: &cells) }
            line += lineCount(of: extent, mayBreak: scanner.opening != nil)
            window.consume(extent.total)
            if extent.content > 0 { return first }
        }
    }

    /// Splits the row at the window's front into its cells.
    private func split(
        _ extent: Extent, separator: UInt8, into cells: inout [String]
    ) throws(RecordError) {
        try window.withBytes { (bytes) throws(RecordError) in
            let content = UnsafeBufferPointer(rebasing: bytes[..<extent.content])
            do throws(ContentError) {
                try DelimitedRow.cells(of: content, separator: separator, into: &cells)
            } catch {
                throw window.located(error, in: content, firstLine: line + 1)
            }
        }
    }

    private func lineCount(of extent: Extent, mayBreak: Bool) -> Int {
        guard mayBreak else { return 1 }
        return window.withBytes { bytes in bytes[..<extent.content].count { $0 == 0x0A } } + 1
    }

    private func locate(_ error: ContentError) -> RecordError {
        window.withBytes { window.located(error, in: $0, firstLine: line + 1) }
    }
}
