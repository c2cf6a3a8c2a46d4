import EmbeddingStore
import FoundationEssentials
import JSON
import Records
import SemanticSearch
import TestSupport
import Testing

@Suite struct `A corpus file` {
    private func read(
        _ text: String, _ name: String = "faq.jsonl", _ fields: CorpusFields = CorpusFields()
    ) throws -> [Document] {
        try withTemporaryFolder { folder in
            try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
            var documents: [Document] = []
            try CorpusFile(path: "\(folder)/\(name)", fields: fields).forEach { documents.append($0) }
            return documents
        }
    }

    @Test func `gives id, question, alternates, answer, and the rest as fields`() throws {
        let line = #"{"id": 7, "question": "q", "lang": "ja", "alternates": ["a", "b"], "answer": "x", "n": [1]}"#
        #expect(
            try read(line) == [
                Document(
                    id: "7", question: "q", alternates: ["a", "b"], answer: "x",
                    fields: ["lang": "ja", "n": [1]])
            ])
    }

    @Test(arguments: [
        "番号,質問,回答,部署\n1,パスワードを忘れた,再設定してください,IT\n",
        "_id,title,response,部署\n1,パスワードを忘れた,再設定してください,IT\n",
    ])
    func `knows other names of the columns`(text: String) throws {
        #expect(
            try read(text, "faq.csv") == [
                Document(
                    id: "1", question: "パスワードを忘れた", answer: "再設定してください",
                    fields: ["部署": "IT"])
            ])
    }

    @Test(arguments: ["one | two", "one\ntwo\n", #"["one", "two"]"#])
    func `keeps alternates in one cell of a table`(cell: String) throws {
        let quoted = "\"" + cell.replacing("\"", with: "\"\"") + "\""
        let documents = try read("id,question,alternates\nx,q,\(quoted)\n", "faq.csv")
        #expect(documents[0].alternates == ["one", "two"])
    }

    @Test func `without ids gets the numbers of its records`() throws {
        #expect(try read("question\nq\nr\n", "faq.csv").map(\.id) == ["1", "2"])
    }

    @Test func `takes the fields that it is told to`() throws {
        let fields = CorpusFields(id: "k", question: "frage", answer: "antwort")
        let line = #"{"id": "other", "k": "1", "frage": "f", "question": "left", "antwort": "a"}"#
        #expect(
            try read(line, "faq.jsonl", fields) == [
                Document(
                    id: "1", question: "f", answer: "a", fields: ["id": "other", "question": "left"])
            ])
    }

    static let refusals: [(String, Int, String)] = [
        (#"{"id": "a", "text2": "q"}"#, 1, "\"id\", \"text2\""),
        (#"{"id": "a", "question": 3}"#, 1, "\"question\" is a number"),
        (#"{"id": "a", "question": "  "}"#, 1, "\"question\" is empty"),
        (#"{"id": "", "question": "q"}"#, 1, "\"id\" is empty"),
        (#"{"id": [1], "question": "q"}"#, 1, "\"id\" is an array"),
        (#"{"id": "a", "question": "q", "alternates": [1]}"#, 1, "\"alternates\""),
        (#"{"id": "a", "question": "q", "answer": {}}"#, 1, "\"answer\" is an object"),
        ("{\"id\": \"a\", \"question\": \"q\"}\n\n{\"id\": \"a\", \"question\": \"r\"}", 3, "line 1"),
        ("{\"id\": \"a\", \"question\": \"q\"}\n{\"question\": \"r\"}", 2, "no id"),
        ("{\"question\": \"q\"}\n{\"id\": \"a\", \"question\": \"r\"}", 2, "an id"),
        ("{\"id\": \"a\", \"question\": \"q\"}\n{", 2, "where a key"),
    ]

    @Test(arguments: refusals)
    func `is refused with the line and the field`(text: String, line: Int, reason: String) throws {
        let error = #expect(throws: RecordError.self) { try read(text) }
        #expect(error?.line == line)
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }
}
