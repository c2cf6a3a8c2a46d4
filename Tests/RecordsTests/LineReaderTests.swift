import Glibc
import Records
import TestSupport
import Testing

@Suite struct `Line reader` {
    @Test(
        arguments: [
            ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\n", ["a", ""]),
            ("\r\n", [""]), ("a\r\nb\r\n", ["a", "b"]), ("a\r\r\nb", ["a\r", "b"]),
            ("a\rb\n", ["a\rb"]), ("a\r", ["a\r"]), ("\n\r\n\n", ["", "", ""]),
            ("a\u{2028}b\u{85}c\u{B}d\u{C}e\n", ["a\u{2028}b\u{85}c\u{B}d\u{C}e"]),
            ("\u{FEFF}a\n\u{FEFF}b", ["a", "\u{FEFF}b"]), ("\u{FEFF}", []), ("\u{FEFF}\n", [""]),
            ("パスワードを\n再設定😀したい", ["パスワードを", "再設定😀したい"]), ("a\0b\n", ["a\0b"]),
        ] as [(String, [String])], bufferSizes)
    func `ends lines at LF and nothing else`(
        given: (text: String, lines: [String]), bufferSize: Int
    ) throws {
        let lines = try withFile(given.text.utf8) { path in
            try allLines(at: path, bufferSize: bufferSize)
        }
        #expect(lines.map { Array($0.utf8) } == given.lines.map { Array($0.utf8) })
    }

    @Test func `counts lines from 1`() throws {
        try withFile("a\n\nc".utf8) { path in
            var reader = try LineReader(path: path)
            var numbers = [reader.line]
            while try reader.next() != nil {
                numbers.append(reader.line)
            }
            #expect(numbers == [0, 1, 2, 3])
            #expect(try reader.next() == nil)
        }
    }

    @Test(
        arguments: [
            ([0x61, 0x0A, 0x62, 0xFF, 0x0A], "data.txt:2:2"), ([0x0A, 0x0A, 0xF0, 0x9F], "data.txt:3:1"),
            ([0xEF, 0xBB, 0xBF, 0x61, 0x80], "data.txt:1:2"), ([0x61, 0xED, 0xA0, 0x80], "data.txt:1:2"),
            ([0xC0, 0x80], "data.txt:1:1"),
        ] as [([UInt8], String)], bufferSizes)
    func `names the place of bytes that are not UTF-8`(
        given: (bytes: [UInt8], place: String), bufferSize: Int
    ) throws {
        try withFile(given.bytes) { path in
            let error = failure { _ = try allLines(at: path, bufferSize: bufferSize) }
            #expect(
                error == "\(given.place): bytes that are not UTF-8; "
                    + "save the file as UTF-8 or give its --encoding")
        }
    }

    @Test(arguments: ["", "\n", "\r\n"], bufferSizes)
    func `takes lines up to the limit and no longer`(end: String, bufferSize: Int) throws {
        let line = "12345678"
        try withFile("a\n\(line)\(end)".utf8) { path in
            let lines = try allLines(at: path, limit: 8, bufferSize: bufferSize)
            #expect(lines == ["a", line])
            let error = failure { _ = try allLines(at: path, limit: 7, bufferSize: bufferSize) }
            #expect(error == "data.txt:2: longer than the limit of 7 bytes")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `does not read a line beyond the limit into memory`() throws {
        try withFile([]) { path in
            // A file of 1 TiB that takes no room on the disk.
            #expect(truncate(path, 1 << 40) == 0)
            let error = failure { _ = try allLines(at: path, bufferSize: 256 << 10) }
            #expect(error == "data.txt:1: longer than the limit of 16777216 bytes")
        }
    }

    @Test func `says why a file cannot be read`() throws {
        try withTemporaryFolder { folder in
            let missing = failure { _ = try allLines(at: "\(folder)/no.txt", bufferSize: 8) }
            #expect(missing == "no.txt: cannot open: No such file or directory")
            let directory = failure { _ = try allLines(at: "\(folder)", bufferSize: 8) }
            #expect(directory?.hasSuffix(": cannot read: Is a directory") == true)
        }
    }

    @Test func `reads standard input and calls it by name`() throws {
        try withFile([0x61, 0x0A, 0xFF]) { path in
            let kept = dup(STDIN_FILENO)
            let file = open(path, O_RDONLY)
            #expect(dup2(file, STDIN_FILENO) == STDIN_FILENO)
            close(file)
            defer {
                dup2(kept, STDIN_FILENO)
                close(kept)
            }
            var reader = try LineReader(path: "-")
            #expect(try reader.next() == "a")
            let error = failure { _ = try reader.next() }
            #expect(
                error == "standard input:2:1: bytes that are not UTF-8; "
                    + "save the file as UTF-8 or give its --encoding")
        }
    }

    @Test func `gives a line before the next one has been written`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/pipe"
            #expect(mkfifo(path, 0o600) == 0)
            // Open for both, so that neither end waits for the other.
            let pipe = open(path, O_RDWR)
            defer { close(pipe) }
            #expect(write(pipe, "a\n", 2) == 2)
            var reader = try LineReader(path: path)
            #expect(try reader.next() == "a")
        }
    }

    @Test func `closes the file`() throws {
        try withFile("a\n".utf8) { path in
            func lowestFreeDescriptor() -> Int32 {
                let descriptor = open(path, O_RDONLY)
                close(descriptor)
                return descriptor
            }
            let limit = getdtablesize()
            for _ in 0...min(limit, 2048) {
                _ = try allLines(at: path, bufferSize: 8)
                _ = failure { _ = try allRecords(at: path, format: .jsonl, bufferSize: 8) }
            }
            #expect(lowestFreeDescriptor() < 1024)
        }
    }
}
