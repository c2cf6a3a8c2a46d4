import FoundationEssentials
import Records
import TestSupport

/// Sizes that put the edge of a read at every place of the short inputs below.
let bufferSizes = [1, 2, 3, 5, 7, 64, 256 << 10]

/// Gives `body` the path of a new file with these bytes.
func withFile<Result>(
    _ bytes: some Sequence<UInt8>, name: String = "data.txt", _ body: (String) throws -> Result
) throws -> Result {
    try withTemporaryFolder { folder in
        let path = "\(folder)/\(name)"
        try Data(bytes).write(to: URL(filePath: path))
        return try body(path)
    }
}

func allLines(
    at path: String, encoding: TextEncoding = .utf8, limit: Int = LineReader.defaultLimit,
    bufferSize: Int
) throws(RecordError) -> [String] {
    var reader = try LineReader(
        path: path, encoding: encoding, limit: limit, bufferSize: bufferSize)
    var lines: [String] = []
    while let line = try reader.next() {
        lines.append(line)
    }
    return lines
}

func allRecords(
    at path: String, format: RecordFormat? = nil, encoding: TextEncoding = .utf8,
    limit: Int = LineReader.defaultLimit, bufferSize: Int
) throws(RecordError) -> [Record] {
    var reader = try RecordReader(
        path: path, format: format, encoding: encoding, limit: limit, bufferSize: bufferSize)
    var records: [Record] = []
    while let record = try reader.next() {
        records.append(record)
    }
    return records
}

/// The error of reading all of a file, without the folder in its path.
func failure(_ read: () throws -> Void) -> String? {
    do {
        try read()
        return nil
    } catch {
        let text = "\(error)"
        let start = text.firstIndex(of: ":").flatMap { text[..<$0].lastIndex(of: "/") }
        return start.map { String(text[text.index(after: $0)...]) } ?? text
    }
}

/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
