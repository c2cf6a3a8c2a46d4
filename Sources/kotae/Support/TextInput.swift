import ArgumentParser
import Glibc
import JSON
import Records

/// Texts from the command line, from the lines of a file, or from a field of JSON Lines.
struct InputOptions: ParsableArguments {
    @Argument(help: "Texts; each argument is one.")
    var texts: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A file with one text a line, or - for standard input.",
            discussion: """
                A line ends at LF; a CR before it is dropped. An empty line is a text.
                """, valueName: "file"))
    var input: String?

    @Option(help: ArgumentHelp("The file is JSON Lines, and the text is in this field.", valueName: "name"))
    var field: String?

    @OptionGroup var encoding: EncodingOption

    func validate() throws {
        if texts.isEmpty && input == nil {
            throw ValidationError("nothing to read: give texts, or --input FILE (- for standard input)")
        }
        if !texts.isEmpty && input != nil {
            throw ValidationError("give texts or --input, not both")
        }
        if field != nil && input == nil {
            throw ValidationError("--field says where the text stands in --input FILE, which is missing")
        }
    }

    func open() throws -> TextInput {
        guard let input else { return TextInput(texts: texts) }
        return try TextInput(path: input, field: field, encoding: encoding)
    }
}

/// Reads texts a window at a time, so that memory does not grow with the file.
struct TextInput: ~Copyable {
    /// The bounds of a window.
    static let windowTexts = 8192
    static let windowBytes = 4 << 20

    private let path: String
    private var texts: ArraySlice<String> = []
    private var lines: LineReader?
    private var records: RecordReader?
    /// The field of `records` that holds the text.
    private let field: String
    /// How many texts there are, where that is known.
    let count: Int?
    private var bytesRead = 0
    private let bytesInAll: Int?

    init(texts: [String]) {
        path = ""
        field = ""
        self.texts = texts[...]
        count = texts.count
        bytesInAll = nil
    }

    init(path: String, field: String? = nil, encoding: EncodingOption) throws {
        self.path = path
        var status = stat()
        let isFile = path != "-" && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        bytesInAll = isFile ? Int(status.st_size) : nil
        self.field = field ?? ""
        count = nil
        if field != nil {
            records = try RecordReader(path: path, format: .jsonl, encoding: encoding.value)
        } else {
            lines = try LineReader(path: path, encoding: encoding.value)
        }
    }

    /// The share of the file that has been read; nil when its size is unknown.
    var fraction: Double? { bytesInAll.map { min(1, Double(bytesRead) / Double(max($0, 1))) } }

    /// The next window, empty after the last text.
    mutating func nextWindow() throws -> [String] {
        var window: [String] = []
        var bytes = 0
        while window.count < Self.windowTexts, bytes < Self.windowBytes, let text = try next() {
            bytes += text.utf8.count + 1
            window.append(text)
        }
        bytesRead += bytes
        return window
    }

    /// The next text, nil after the last.
    mutating func next() throws -> String? {
        if let line = try lines?.next() { return line }
        guard let record = try records?.next() else { return texts.popFirst() }
        return try text(of: record)
    }

    private func text(of record: Record) throws -> String {
        guard let value = record.fields[field] else {
            throw RecordError(
                path: path, line: record.line,
                reason: "there is no field \"\(field)\"; there are: "
                    + record.fields.keys.joined(separator: ", "))
        }
        guard let text = value.string else {
            throw RecordError(
                path: path, line: record.line,
                reason: "the field \"\(field)\" is \(value.kind), expected a string")
        }
        return text
    }
}
