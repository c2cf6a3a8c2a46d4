import EmbeddingStore
import FoundationEssentials
import Glibc
import JSON
import Records
import SemanticSearch
import TestSupport
import Testing

@Suite struct `Several corpus files` {
    /// Writes files by their names and reads them as one corpus.
    private func read(_ files: [(name: String, text: String)]) throws -> [Document] {
        try withTemporaryFolder { folder in
            for file in files {
                try file.text.write(toFile: "\(folder)/\(file.name)", atomically: false, encoding: .utf8)
            }
            var documents: [Document] = []
            do {
                try CorpusFiles(files.map { CorpusFile(path: "\(folder)/\($0.name)") })
                    .forEach { documents.append($0) }
            } catch let error as RecordError {
                // Without the folder, whose name differs from run to run.
                throw RecordError(
                    path: error.path.replacing("\(folder)/", with: ""), line: error.line,
                    reason: error.reason.replacing("\(folder)/", with: ""))
            }
            return documents
        }
    }

    @Test func `are one corpus in the order given, whatever their formats`() throws {
        let documents = try read([
            ("b.csv", "id,question,answer\nx,q,a\n"), ("a.jsonl", #"{"id": "y", "title": "r"}"#),
        ])
        #expect(
            documents == [
                Document(id: "x", question: "q", answer: "a"), Document(id: "y", question: "r"),
            ])
    }

    @Test func `without ids are numbered through`() throws {
        let documents = try read([
            ("a.csv", "question\nq\nr\n"), ("b.csv", "question\ns\n"), ("c.csv", "question\nt\n"),
        ])
        #expect(documents.map(\.id) == ["1", "2", "3", "4"])
    }

    @Test func `may have ids in part, and numbers in the others`() throws {
        let documents = try read([("a.csv", "id,question\nx,q\n"), ("b.csv", "question\nr\n")])
        #expect(documents.map(\.id) == ["x", "2"])
    }

    @Test func `have no id twice`() {
        #expect(
            throws: RecordError(
                path: "b.csv", line: 3, reason: "the id \"x\" stands in line 2 of a.csv already")
        ) { try read([("a.csv", "id,question\nx,q\n"), ("b.csv", "id,question\ny,r\nx,s\n")]) }
        #expect(
            throws: RecordError(
                path: "b.csv", line: 2,
                reason: "the record's number, 2, stands in line 2 of a.csv already")
        ) { try read([("a.csv", "id,question\n2,q\n"), ("b.csv", "question\nr\n")]) }
        #expect(
            throws: RecordError(path: "b.csv", line: 3, reason: "the id \"y\" stands in line 2 already")
        ) { try read([("a.csv", "id,question\nx,q\n"), ("b.csv", "id,question\ny,r\ny,s\n")]) }
    }

    @Test func `have a document each`() {
        #expect(throws: RecordError(path: "b.csv", reason: "there is no document in this file")) {
            try read([("a.csv", "question\nq\n"), ("b.csv", "question\n"), ("c.csv", "question\nr\n")])
        }
    }

    @Test func `are nothing when there is none`() throws {
        #expect(try read([]).isEmpty)
    }

    @Test func `may each have an encoding`() throws {
        let files = CorpusFiles([
            CorpusFile(path: fixture("encodings/cp932.csv"), encoding: try TextEncoding("cp932")),
            CorpusFile(
                path: fixture("encodings/utf-16.csv"), encoding: try TextEncoding("utf-16"),
                fields: CorpusFields(id: "質問", question: "回答")),
        ])
        var questions: [String] = []
        try files.forEach { questions.append($0.question) }
        #expect(questions.count == 5)
        #expect(questions[2] == "①から⑳まで\u{FF5E}")
    }
}

@Suite struct `A corpus from a pipe` {
    /// Gives `body` the path of a pipe, as a shell gives it for `<(…)`, and afterwards closes it.
    private func withPipe<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        #expect(write(ends[1], text, text.utf8.count) == text.utf8.count)
        close(ends[1])
        defer { close(ends[0]) }
        return try body("/dev/fd/\(ends[0])")
    }

    private func questions(_ source: some DocumentSource) throws -> [String] {
        var questions: [String] = []
        try source.forEach { questions.append($0.question) }
        return questions
    }

    @Test func `can be read as often as needed`() throws {
        try withPipe("question\nq\nr\n") { path in
            let file = CorpusFile(path: path, format: .csv)
            let copy = file
            #expect(try questions(file) == ["q", "r"])
            #expect(try questions(file) == ["q", "r"])
            #expect(try questions(CorpusFiles([copy])) == ["q", "r"])
            var inner: [[String]] = []
            try file.forEach { _ in inner.append(try questions(file)) }
            #expect(inner == [["q", "r"], ["q", "r"]])
        }
    }

    @Test func `is JSON Lines where neither its name nor the caller tells`() throws {
        try withPipe("{\"question\": \"q\"}\n") { path in
            let found = try questions(CorpusFile(path: path))
            #expect(found == ["q"])
        }
    }

    @Test func `has the format that its name tells`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/faq.csv"
            #expect(mkfifo(path, 0o600) == 0)
            // Open for both, so that the writer below need not wait for the reader.
            let both = open(path, O_RDWR)
            #expect(write(both, "question\nq\n", 11) == 11)
            var thread = pthread_t()
            // The reader sees the end of the pipe when nobody can write to it any more.
            #expect(
                pthread_create(
                    &thread, nil,
                    { argument in
                        usleep(50_000)
                        close(Int32(Int(bitPattern: argument)))
                        return nil
                    }, UnsafeMutableRawPointer(bitPattern: Int(both))) == 0)
            let found = try questions(CorpusFile(path: path))
            #expect(found == ["q"])
            pthread_join(thread, nil)
        }
    }

    @Test func `names itself in errors, each time`() throws {
        try withPipe("{\"question\": \"q\"}\n{}\n") { path in
            let file = CorpusFile(path: path)
            for _ in 0..<2 {
                let error = #expect(throws: RecordError.self) { try questions(file) }
                #expect(error?.path == path)
                #expect(error?.line == 2)
            }
        }
    }
}
