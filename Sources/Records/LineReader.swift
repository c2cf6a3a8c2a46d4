import Glibc

/// Reads a text file line by line, in memory that does not grow with the file.
///
/// A line ends at LF; one CR before the LF is dropped. Nothing else ends a line: not a lone CR, not
/// U+0085, not U+2028. An empty line is a line. The last line may lack its LF, and a file that ends
/// in LF has no further line. A byte order mark at the start is dropped. Text of other encodings than
/// UTF-8 is converted first, so offsets and limits count its UTF-8.
public struct LineReader: ~Copyable {
    /// The longest line that is read unless told otherwise, in bytes: 16 MiB.
    public static let defaultLimit = 16 << 20

    /// The number of the last line read, from 1; 0 before the first.
    public internal(set) var line = 0

    /// The longest line that is read, in bytes without the line end.
    let limit: Int
    var window: InputWindow

    /// - Parameters:
    ///   - path: a file, or "-" for standard input, called "standard input" in errors.
    ///   - encoding: the file's.
    ///   - limit: the longest line in bytes, its end not counted; memory stays within about twice
    ///     this size.
    /// - Throws: `RecordError` when the file cannot be opened.
    public init(
        path: String, encoding: TextEncoding = .utf8, limit: Int = LineReader.defaultLimit
    ) throws(RecordError) {
        try self.init(
            path: path, encoding: encoding, limit: limit, bufferSize: InputWindow.defaultSize)
    }

    /// As above, of a file that may have been read before.
    init(file: RereadableFile, encoding: TextEncoding, limit: Int) throws(RecordError) {
        self.limit = min(max(limit, 0), Int.max / 4)
        window = try InputWindow(file: file, encoding: encoding, size: InputWindow.defaultSize)
    }

    /// As above, with the number of bytes that one `read` asks for.
    package init(
        path: String, encoding: TextEncoding, limit: Int, bufferSize: Int
    ) throws(RecordError) {
        self.limit = min(max(limit, 0), Int.max / 4)
        window = try InputWindow(path: path, encoding: encoding, size: bufferSize)
    }

    /// The next line without its end, or nil after the last.
    ///
    /// - Throws: `RecordError` with the line for a line longer than the limit and for bytes that
    ///   are not in the encoding, and when the file cannot be read. Do not go on reading after an
    ///   error.
    public mutating func next() throws(RecordError) -> String? {
        guard let extent = try nextLine() else { return nil }
        line += 1
        let text = try text(of: extent)
        window.consume(extent.total)
        return text
    }

    /// The text of the line at the window's front.
    private func text(of extent: Extent) throws(RecordError) -> String {
        try window.withBytes { (bytes) throws(RecordError) in
            let content = UnsafeBufferPointer(rebasing: bytes[..<extent.content])
            do throws(ContentError) {
                return try String(checking: content, at: 0)
            } catch {
                throw window.located(error, in: content, firstLine: line)
            }
        }
    }

    /// How many bytes at the front of the window a line or row takes.
    struct Extent {
        /// Without the line end.
        let content: Int
        /// With the line end.
        let total: Int

        /// - Parameter lineFeed: the offset of the LF that ends the line, or nil when the end of
        ///   the file does.
        init(_ bytes: UnsafeBufferPointer<UInt8>, lineFeed: Int?) {
            guard let lineFeed else {
                content = bytes.count
                total = bytes.count
                return
            }
            let hasReturn = lineFeed > 0 && bytes[lineFeed - 1] == UInt8(ascii: "\r")
            content = hasReturn ? lineFeed - 1 : lineFeed
            total = lineFeed + 1
        }
    }

    /// Brings the next line into the window, at its front.
    mutating func nextLine() throws(RecordError) -> Extent? {
        try nextExtent { (bytes, searched) in
            let rest = UnsafeBufferPointer(rebasing: bytes[searched...])
            guard let base = rest.baseAddress, let found = memchr(base, 0x0A, rest.count) else {
                return nil
            }
            // memchr points into `rest`, or is nil.
            return searched + UnsafeRawPointer(base).distance(to: found)
        }
    }

    /// Brings bytes into the window until `end` finds the LF that ends the line or row at its
    /// front.
    ///
    /// - Parameter end: gets bytes from the window's front and how many of them it has seen before.
    /// - Returns: nil at the end of the file.
    mutating func nextExtent(
        _ end: (UnsafeBufferPointer<UInt8>, Int) -> Int?
    ) throws(RecordError) -> Extent? {
        if line == 0 { try window.skipByteOrderMark() }
        // A line of `limit` bytes may be followed by CR and LF; to look further would make errors
        // depend on how much is in the window.
        let reach = limit + 2
        var searched = 0
        while true {
            let extent = window.withBytes { bytes in
                end(UnsafeBufferPointer(rebasing: bytes.prefix(reach)), searched)
                    .map { Extent(bytes, lineFeed: $0) }
            }
            if let extent {
                try checkLimit(extent.content)
                return extent
            }
            searched = min(window.count, reach)
            try checkLimit(searched - 1)
            if try !window.extend() {
                try checkLimit(searched)
                return searched == 0 ? nil : window.withBytes { Extent($0, lineFeed: nil) }
            }
        }
    }

    private func checkLimit(_ size: Int) throws(RecordError) {
        if size > limit {
            throw RecordError(
                path: window.name, line: line + 1, reason: "longer than the limit of \(limit) bytes"
            )
        }
    }
}
