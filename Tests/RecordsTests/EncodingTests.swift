import FoundationEssentials
import Glibc
import JSON
import Records
import TestSupport
import Testing

@Suite struct `Files in other encodings` {
    @Test(
        arguments: [
            ("shift_jis.csv", "shift_jis", "table.csv"), ("shift_jis.csv", "cp932", "table.csv"),
            ("cp932.csv", "cp932", "cp932-table.csv"), ("cp932.csv", "CP932", "cp932-table.csv"),
            ("cp932.csv", "Windows-31J", "cp932-table.csv"),
            ("cp932.csv", "shift_jis", "cp932-table.csv"), ("euc-jp.csv", "euc-jp", "table.csv"),
            ("euc-jp.csv", "EUC_JP", "table.csv"), ("iso-2022-jp.csv", "iso-2022-jp", "table.csv"),
            ("utf-16.csv", "utf-16", "table.csv"), ("utf-16.csv", "UTF-16LE", "table.csv"),
            ("utf-16-big-endian.csv", "utf-16", "table.csv"),
            ("utf-16-big-endian.csv", "utf_16be", "table.csv"),
            ("utf-16-without-mark.csv", "utf-16", "table.csv"), ("table.csv", "utf8", "table.csv"),
            ("table.csv", "UTF-8-SIG", "table.csv"),
        ], bufferSizes)
    func `read as their twins in UTF-8`(
        given: (name: String, encoding: String, twin: String), bufferSize: Int
    ) throws {
        let encoding = try TextEncoding(given.encoding)
        let path = fixture("encodings/\(given.name)")
        let expected = try allRecords(at: fixture("encodings/\(given.twin)"), bufferSize: 256 << 10)
        let records = try allRecords(at: path, encoding: encoding, bufferSize: bufferSize)
        #expect(expected.count >= 2)
        #expect(records.map(\.fields) == expected.map(\.fields))
        #expect(records.map(\.line) == expected.map(\.line))
    }

    @Test func `keep the characters of Excel's CP932 that Shift_JIS lacks`() throws {
        let path = fixture("encodings/cp932.csv")
        let record = try #require(
            try allRecords(at: path, encoding: TextEncoding("cp932"), bufferSize: 64).last)
        #expect(record.fields["質問"] == "①から⑳まで\u{FF5E}")
        #expect(record.fields["回答"] == "ｶﾀｶﾅの髙橋さんと﨑田さんは㈱㍻\u{FF0D}\u{2225}№")
    }

    @Test(arguments: bufferSizes)
    func `leave a backslash in Shift_JIS a backslash`(bufferSize: Int) throws {
        let records = try allRecords(
            at: fixture("encodings/escapes.jsonl"), encoding: TextEncoding("shift_jis"),
            bufferSize: bufferSize)
        #expect(records.map(\.fields) == [["question": "表\n\"ソ\" 能", "answer": #"C:\~"#]])
    }

    @Test(
        arguments: [
            ([0x61, 0x0A, 0x82, 0xA0, 0x81, 0x20, 0x0A], "cp932", 2, "0x81 at offset 4"),
            ([0xFF], "cp932", 1, "0xFF at offset 0"), ([0x0A, 0x0A, 0xA4, 0x20, 0xFF], "euc-jp", 3, "0xA4 at offset 2"),
            ([0xFE, 0xFF, 0x00, 0x0A, 0xDC, 0x00, 0x00, 0x61], "utf-16", 2, "0xDC at offset 4"),
        ] as [([UInt8], String, Int, String)], bufferSizes)
    func `are refused with the line and the offset of what they cannot be`(
        given: (bytes: [UInt8], encoding: String, line: Int, place: String), bufferSize: Int
    ) throws {
        try withFile(given.bytes) { path in
            let encoding = try TextEncoding(given.encoding)
            let error = failure {
                _ = try allLines(at: path, encoding: encoding, bufferSize: bufferSize)
            }
            #expect(
                error == "data.txt:\(given.line): the byte \(given.place) of the file begins no character "
                    + "of \(given.encoding)")
        }
    }

    @Test(
        arguments: [
            ([0x61, 0x0A, 0x82], "cp932", 2, 2), ([0x61, 0x00, 0x0A], "utf-16le", 1, 2),
            ([0x8F, 0xB0], "euc-jp", 1, 0),
        ] as [([UInt8], String, Int, Int)], bufferSizes)
    func `are refused when the last character is cut off`(
        given: (bytes: [UInt8], encoding: String, line: Int, offset: Int), bufferSize: Int
    ) throws {
        try withFile(given.bytes) { path in
            let encoding = try TextEncoding(given.encoding)
            let error = failure {
                _ = try allLines(at: path, encoding: encoding, bufferSize: bufferSize)
            }
            #expect(
                error == "data.txt:\(given.line): the file ends within the character of "
                    + "\(given.encoding) at offset \(given.offset)")
        }
    }

    @Test func `give the lines before an error`() throws {
        try withFile([0x82, 0xA0, 0x0A, 0x82, 0xA2, 0x0A, 0xFF, 0x0A]) { path in
            var reader = try LineReader(path: path, encoding: TextEncoding("cp932"))
            #expect(try reader.next() == "あ")
            #expect(try reader.next() == "い")
            #expect(throws: RecordError.self) { try reader.next() }
        }
    }

    @Test func `give letters that were held back for their accents`() throws {
        // TCVN and CP1258 compose a letter and the accent that follows it.
        try withFile(Array("Vi".utf8) + [0xEA, 0xF2, 0x74, 0x0A, 0xEA]) { path in
            let lines = try allLines(at: path, encoding: TextEncoding("cp1258"), bufferSize: 1)
            #expect(lines == ["Vi\u{1EC7}t", "ê"])
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `read any bytes the same way in pieces of any size`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<40).map { _ in
            ([0x0A, 0x0D, 0x20, 0x81, 0x82, 0xA0, 0xA4, 0xB1, 0x41, 0x00, 0xFC] as [UInt8])
                .randomElement(using: &random) ?? 0
        }
        let encoding = try TextEncoding(["cp932", "euc-jp", "utf-16"].randomElement(using: &random) ?? "")
        func outcome(_ path: String, _ bufferSize: Int) -> String {
            do {
                return "\(try allLines(at: path, encoding: encoding, bufferSize: bufferSize))"
            } catch {
                return "\(error)"
            }
        }
        try withFile(bytes) { path in
            let whole = outcome(path, 256 << 10)
            for bufferSize in 1...9 { #expect(outcome(path, bufferSize) == whole) }
        }
    }

    @Test func `are bounded in the length of a line by its UTF-8`() throws {
        try withFile([0x82, 0xA0, 0x82, 0xA0]) { path in
            let encoding = try TextEncoding("cp932")
            #expect(try allLines(at: path, encoding: encoding, limit: 6, bufferSize: 8) == ["ああ"])
            let error = failure { _ = try allLines(at: path, encoding: encoding, limit: 5, bufferSize: 8) }
            #expect(error == "data.txt:1: longer than the limit of 5 bytes")
        }
    }

    @Test(arguments: ["", "utf-9", "cp932//IGNORE", "UTF-8//TRANSLIT", "日本語", "cp932 ", "/", "euc/jp"])
    func `are refused under a name that is none, with names that are`(name: String) {
        let error = #expect(throws: UnknownEncoding.self) { try TextEncoding(name) }
        #expect(
            error?.description == "unknown encoding \"\(name)\"; common ones are utf-8, utf-16, cp932, "
                + "shift_jis, euc-jp, iso-2022-jp, windows-1252, iso-8859-1, gb18030, big5, euc-kr; "
                + "`iconv -l` lists all")
    }

    @Test func `are readable under every name that is proposed`() throws {
        for name in "utf-8 utf-16 cp932 shift_jis euc-jp iso-2022-jp windows-1252 iso-8859-1 gb18030 big5 euc-kr"
            .split(separator: " ")
        {
            #expect(try TextEncoding(String(name)).name == name)
        }
        #expect(try TextEncoding("SJIS") == TextEncoding("cp932"))
        #expect(try TextEncoding("UTF8") == .utf8)
    }
}

@Suite struct `A file whose encoding was not told` {
    private func error(_ name: String, _ encoding: TextEncoding = .utf8) -> String {
        let path = fixture("encodings/\(name)")
        return failure {
            _ = try allRecords(at: path, format: .csv, encoding: encoding, bufferSize: 256 << 10)
        } ?? ""
    }

    @Test(arguments: [
        ("cp932.csv", 4, "cp932"), ("shift_jis.csv", 4, "cp932"), ("euc-jp.csv", 4, "euc-jp"),
        ("utf-16.csv", 1, "utf-16"), ("utf-16-big-endian.csv", 1, "utf-16"),
        ("utf-16-without-mark.csv", 7, "utf-16"),
    ])
    func `is told which it seems to have`(name: String, column: Int, guess: String) {
        #expect(
            error(name) == "\(name):1:\(column): bytes that are not UTF-8; "
                + "the file reads as \(guess): give --encoding \(guess)")
    }

    @Test func `is told when another was given`() throws {
        let wrong = try error("cp932.csv", TextEncoding("euc-jp"))
        #expect(wrong.hasSuffix("; the file reads as cp932: give --encoding cp932"), "\(wrong)")
        let needless = try error("table.csv", TextEncoding("euc-jp"))
        #expect(needless.hasSuffix("; the file reads as UTF-8: leave out --encoding"), "\(needless)")
    }

    @Test func `is told also in JSON Lines and in a pipe`() throws {
        let bytes = try Array(Data(contentsOf: URL(filePath: fixture("encodings/escapes.jsonl"))))
        try withTemporaryFolder { folder in
            let path = "\(folder)/pipe.jsonl"
            #expect(mkfifo(path, 0o600) == 0)
            // Open for both, so that neither end waits for the other.
            let pipe = open(path, O_RDWR)
            defer { close(pipe) }
            #expect(write(pipe, bytes, bytes.count) == bytes.count)
            let error = failure {
                var reader = try RecordReader(path: path)
                _ = try reader.next()
            }
            #expect(
                error == "pipe.jsonl:1:15: bytes that are not UTF-8; "
                    + "the file reads as cp932: give --encoding cp932")
        }
    }

    @Test(arguments: [
        // UTF-8 with a byte that is damaged, and Latin-1.
        Array("質問,回答\nパスワードを忘れ".utf8) + [0x81] + Array("ました,設定画面から\n".utf8),
        Array("question\ncaf".utf8) + [0xE9, 0x0A], Array("question\nM".utf8) + [0xFC] + Array("ller\n".utf8),
    ])
    func `gets no hint that would mislead`(bytes: [UInt8]) throws {
        try withFile(bytes, name: "a.csv") { path in
            let error = failure { _ = try allRecords(at: path, bufferSize: 64) } ?? ""
            #expect(error.hasSuffix(": bytes that are not UTF-8; save the file as UTF-8 or give its --encoding"))
        }
    }

    @Test func `is told though the first 64 KiB are ASCII`() throws {
        let bytes = Array("question\n".utf8) + Array(repeatElement(Array("how?\n".utf8), count: 20_000).joined())
        try withFile(bytes + [0x83, 0x5C, 0x83, 0x74, 0x83, 0x67, 0x0A], name: "a.csv") { path in
            let error = failure { _ = try allRecords(at: path, bufferSize: 256) }
            #expect(
                error == "a.csv:20002:1: bytes that are not UTF-8; "
                    + "the file reads as cp932: give --encoding cp932")
        }
    }
}
