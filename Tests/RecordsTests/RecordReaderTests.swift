import JSON
import Records
import TestSupport
import Testing

@Suite struct `Record reader` {
    static let fixtures = [
        "crlf.csv", "lf.csv", "quoted.csv", "no-last-line-end.csv", "tabs.tsv", "one-column.csv",
        "wide.csv", "blank-lines.csv", "plain-quotes.csv",
    ]

    @Test(arguments: fixtures, bufferSizes)
    func `reads tables as Python does`(name: String, bufferSize: Int) throws {
        let path = fixture("records/\(name)")
        let expected = try allRecords(at: "\(path).jsonl", bufferSize: 256 << 10)
        let records = try allRecords(at: path, bufferSize: bufferSize)
        #expect(!expected.isEmpty)
        #expect(records.count == expected.count)
        for (record, expected) in zip(records, expected) {
            #expect(record.line == expected.fields["line"]?.integer)
            #expect(record.fields == expected.fields["fields"]?.object)
        }
    }

    @Test(arguments: bufferSizes)
    func `reads JSON Lines`(bufferSize: Int) throws {
        let text = "\u{FEFF}{\"id\": \"a\", \"n\": 1}\r\n\n  \t\r\n{\"\u{2028}\": [null]}\n{}"
        let records = try withFile(text.utf8, name: "a.jsonl") { path in
            try allRecords(at: path, bufferSize: bufferSize)
        }
        #expect(records.map(\.line) == [1, 4, 5])
        #expect(records.map(\.fields) == [["id": "a", "n": 1], ["\u{2028}": [nil]], [:]])
    }

    @Test(arguments: [
        ("{}\n{\"a\":}\n", "a.jsonl:2:6: '}' where a value should be"),
        (
            "{}\n\n1\n",
            "a.jsonl:3: a number where an object should be; write one JSON object a line"
        ),
        ("[\n{}\n]", "a.jsonl:1: an array where an object should be; write one JSON object a line"),
        (
            "{\n\"a\": 1\n}",
            "a.jsonl:1:2: the end of the text where a key in double quotes should be"
        ),
        ("{} {}", "a.jsonl:1:4: '{' after the end of the value"),
    ])
    func `names the place of what is not JSON Lines`(text: String, error: String) throws {
        try withFile(text.utf8, name: "a.jsonl") { path in
            for bufferSize in bufferSizes {
                #expect(failure { _ = try allRecords(at: path, bufferSize: bufferSize) } == error)
            }
        }
    }

    @Test(arguments: [
        ("a,b\n1\n", "a.csv:2: 1 cell where the header has 2 columns"),
        ("a,b\n1,2\n1,2,3\n", "a.csv:3: 3 cells where the header has 2 columns"),
        ("a\n\"x\ny\"\n1,2\n", "a.csv:4: 2 cells where the header has 1 column"),
        ("a,b\n\"x\ny\",\"z\n1,2\n", "a.csv:3:4: this quote is never closed"),
        ("a,b\n1,\"", "a.csv:2:3: this quote is never closed"),
        ("a,b\n1,\"x\"\"\n", "a.csv:2:3: this quote is never closed"),
        (
            "a,b\n\"x\ny\"z,1\n",
            "a.csv:3:3: text after the closing quote of a cell; double the quotes within a cell"
        ),
        (
            "a,b\n\"x\" ,1\n",
            "a.csv:2:4: text after the closing quote of a cell; double the quotes within a cell"
        ),
        (
            "a,b\r1,2\r",
            "a.csv:1:4: a carriage return without a line feed; end rows with LF or CRLF"
        ),
        ("a,é,a\n", "a.csv:1: columns 1 and 3 have the same name, 'a'"),
        ("", "a.csv: empty; the first row should name the columns"),
        ("\u{FEFF}\n\r\n", "a.csv: empty; the first row should name the columns"),
    ])
    func `names the place of what is not a table`(text: String, error: String) throws {
        try withFile(text.utf8, name: "a.csv") { path in
            for bufferSize in bufferSizes {
                #expect(failure { _ = try allRecords(at: path, bufferSize: bufferSize) } == error)
            }
        }
    }

    @Test(arguments: bufferSizes)
    func `names the place of bytes in a cell that are not UTF-8`(bufferSize: Int) throws {
        let bytes = Array("a,b\n1,2\n\"x\n".utf8) + [0x79, 0xFF] + Array("\",2\n".utf8)
        try withFile(bytes, name: "a.csv") { path in
            #expect(
                failure { _ = try allRecords(at: path, bufferSize: bufferSize) }
                    == "a.csv:4:2: bytes that are not UTF-8; "
                    + "save the file as UTF-8 or give its --encoding")
        }
    }

    @Test(arguments: bufferSizes)
    func `bounds the length of a record`(bufferSize: Int) throws {
        try withFile("a,b\n1,2\n\"x\n\",\"1\n2\n3\n4\n5\n6".utf8, name: "a.csv") { path in
            #expect(
                failure { _ = try allRecords(at: path, limit: 9, bufferSize: bufferSize) }
                    == "a.csv:4:3: this quote is not closed within the limit of 9 bytes")
        }
        try withFile("a,b\n1,\"\"\"x\"\"123456789\n".utf8, name: "a.csv") { path in
            #expect(
                failure { _ = try allRecords(at: path, limit: 9, bufferSize: bufferSize) }
                    == "a.csv:2:3: this quote is not closed within the limit of 9 bytes")
        }
        try withFile("a,b\n1,2\n12345678,9\n".utf8, name: "a.csv") { path in
            #expect(
                failure { _ = try allRecords(at: path, limit: 9, bufferSize: bufferSize) }
                    == "a.csv:3: longer than the limit of 9 bytes")
            let records = try allRecords(at: path, limit: 10, bufferSize: bufferSize)
            #expect(records.count == 2)
        }
    }

    @Test func `keeps columns apart that Unicode calls equivalent`() throws {
        try withFile("é,e\u{301}\n1,2\n".utf8, name: "a.csv") { path in
            let reader = try RecordReader(path: path)
            #expect(reader.columns.map { Array($0.utf8) } == [[0xC3, 0xA9], [0x65, 0xCC, 0x81]])
            let record = try #require(try allRecords(at: path, bufferSize: 8).first)
            #expect(record.fields["é"] == "1")
            #expect(record.fields["e\u{301}"] == "2")
        }
    }

    @Test func `takes quotes within a TSV cell as they stand`() throws {
        try withFile("a\tb\n5\" pipe\t\"x\ty\"\n".utf8, name: "a.tsv") { path in
            let records = try allRecords(at: path, bufferSize: 8)
            #expect(records.map(\.fields) == [["a": "5\" pipe", "b": "x\ty"]])
        }
    }

    @Test(arguments: [
        ("a.jsonl", RecordFormat.jsonl), ("a.NDJSON", .jsonl), ("a.json", .jsonl), ("A.CSV", .csv),
        ("x.csv/a.Tsv", .tsv),
    ])
    func `tells the format by the name`(path: String, format: RecordFormat) throws {
        #expect(try RecordFormat(path: path) == format)
    }

    @Test(arguments: [
        ("a.txt", "a.txt"), ("csv", "csv"), ("a.csv.gz", "a.csv.gz"), ("-", "standard input"),
    ])
    func `asks for the format of other names`(path: String, name: String) {
        let error = #expect(throws: RecordError.self) { _ = try RecordReader(path: path) }
        let reason = "the name does not tell the format; give it with --format (jsonl, csv, tsv)"
        #expect(error?.description == "\(name): \(reason)")
    }

    @Test func `takes the format given over the name`() throws {
        try withFile("a\tb\n1\t2\n".utf8, name: "a.csv") { path in
            let records = try allRecords(at: path, format: .tsv, bufferSize: 8)
            #expect(records.map(\.fields) == [["a": "1", "b": "2"]])
        }
    }

    @Test(arguments: RecordFormat.allCases, 0..<200 as Range<UInt64>)
    func `takes any bytes, and the same way in pieces of any size`(
        format: RecordFormat, seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("\"\",\t\n\n\r{}:1a ".utf8) + [0xE3, 0x81, 0x82, 0xFF]
        let bytes =
            Array("\"a\"\n".utf8)
            + (0..<40).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
        func outcome(_ path: String, bufferSize: Int) -> String {
            do throws(RecordError) {
                let records = try allRecords(
                    at: path, format: format, limit: 30, bufferSize: bufferSize)
                return records.map { "\($0.line) \(JSONValue.object($0.fields))" }.joined()
            } catch {
                return "\(error)"
            }
        }
        try withFile(bytes) { path in
            let whole = outcome(path, bufferSize: 256 << 10)
            for bufferSize in 1...9 {
                #expect(outcome(path, bufferSize: bufferSize) == whole)
            }
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `reads back any table that is written`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let separator: Character = Bool.random(using: &random) ? "," : "\t"
        let columns = Int.random(in: 1...6, using: &random)
        let rows = (0..<Int.random(in: 0...20, using: &random)).map { _ in
            (0..<columns).map { _ in randomCell(using: &random) }
        }
        let header = (0..<columns).map { "\($0)" + randomCell(using: &random) }
        let text = write([header] + rows, separator: separator, using: &random)
        let name = separator == "," ? "a.csv" : "a.tsv"
        let bufferSize = Int.random(in: 1...40, using: &random)
        let records = try withFile(text.utf8, name: name) { path in
            try allRecords(at: path, bufferSize: bufferSize)
        }
        let expected = rows.map { row in
            JSONObject(zip(header, row).map { (key: $0, value: .string($1)) })
        }
        #expect(records.map(\.fields) == expected)
    }
}

private func randomCell(using random: inout SeededGenerator) -> String {
    let pieces = [
        "a", "\"", "\"\"", ",", "\t", "\n", "\r", "\r\n", " ", "", "答え", "😀", "\u{2028}",
        "e\u{301}",
    ]
    return (0..<Int.random(in: 0...5, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
    }.joined()
}

/// Quotes where it must and, at random, where it may; ends rows with LF or CRLF at random.
private func write(
    _ rows: [[String]], separator: Character, using random: inout SeededGenerator
) -> String {
    var text = Bool.random(using: &random) ? "\u{FEFF}" : ""
    for row in rows {
        let cells = row.map { cell in
            let mustQuote =
                cell.utf8.contains { "\"\r\n".utf8.contains($0) || $0 == separator.asciiValue }
                || (cell.isEmpty && row.count == 1)
            guard mustQuote || Bool.random(using: &random) else { return cell }
            let doubled = cell.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
            return "\"\(doubled)\""
        }
        text += cells.joined(separator: String(separator))
        text += Bool.random(using: &random) ? "\n" : "\r\n"
    }
    return text
}
