/// The rows of CSV (RFC 4180) and TSV, at the level of bytes.
///
/// A cell that starts with a double quote ends at the next quote that is not doubled, and may hold
/// separators and line breaks. In any other cell quotes stand for themselves, as in Python's `csv`
/// and in spreadsheets. Rows end at LF or CRLF.
struct DelimitedRow {
    static let quote = UInt8(ascii: "\"")

    /// Splits a row into its cells.
    ///
    /// - Parameter bytes: the row without its line end.
    static func cells(
        of bytes: UnsafeBufferPointer<UInt8>, separator: UInt8, into cells: inout [String]
    ) throws(ContentError) {
        cells.removeAll(keepingCapacity: true)
        var position = 0
        while true {
            if position < bytes.count, bytes[position] == quote {
                cells.append(try quotedCell(of: bytes, separator: separator, from: &position))
            } else {
                cells.append(try plainCell(of: bytes, separator: separator, from: &position))
            }
            if position == bytes.count { return }
            position += 1
        }
    }

    /// Leaves `position` at the separator after the cell or at the end of the row.
    private static func plainCell(
        of bytes: UnsafeBufferPointer<UInt8>, separator: UInt8, from position: inout Int
    ) throws(ContentError) -> String {
        let start = position
        while position < bytes.count, bytes[position] != separator {
            if bytes[position] == UInt8(ascii: "\r") {
                throw ContentError(
                    offset: position,
                    reason: "a carriage return without a line feed; end rows with LF or CRLF")
            }
            position += 1
        }
        return try String(
            checking: UnsafeBufferPointer(rebasing: bytes[start..<position]), at: start)
    }

    /// `position` is at the opening quote; leaves it as `plainCell` does.
    private static func quotedCell(
        of bytes: UnsafeBufferPointer<UInt8>, separator: UInt8, from position: inout Int
    ) throws(ContentError) -> String {
        var text = ""
        let opening = position
        while true {
            position += 1
            let start = position
            while position < bytes.count, bytes[position] != quote {
                position += 1
            }
            guard position < bytes.count else {
                throw ContentError(offset: opening, reason: unclosed)
            }
            let run = UnsafeBufferPointer(rebasing: bytes[start..<position])
            text += try String(checking: run, at: start)
            position += 1
            guard position < bytes.count, bytes[position] == quote else { break }
            text += "\""
        }
        if position < bytes.count, bytes[position] != separator {
            throw ContentError(
                offset: position,
                reason: "text after the closing quote of a cell; double the quotes within a cell")
        }
        return text
    }

    static let unclosed = "this quote is never closed"
}

/// Finds the end of a row in bytes that come in pieces.
struct RowScanner {
    private enum State {
        case cellStart
        case plain
        case quoted
        /// After a quote in a quoted cell: the cell's end, or the first of a doubled quote.
        case quoteInQuoted
    }

    let separator: UInt8
    private var state = State.cellStart
    /// Where the last quoted cell opens.
    private(set) var opening: Int?

    init(separator: UInt8) {
        self.separator = separator
    }

    var isQuoted: Bool { state == .quoted }

    /// Goes on at offset `position` and returns the offset of the LF that ends the row, if it is
    /// among the bytes.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int) -> Int? {
        for offset in position..<bytes.count {
            let byte = bytes[offset]
            if state == .quoted {
                if byte == DelimitedRow.quote {
                    state = .quoteInQuoted
                }
            } else if byte == 0x0A {
                return offset
            } else if byte == separator {
                state = .cellStart
            } else if byte == DelimitedRow.quote, state != .plain {
                if state == .cellStart {
                    opening = offset
                }
                state = .quoted
            } else {
                state = .plain
            }
        }
        return nil
    }
}
