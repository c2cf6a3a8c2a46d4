import BiEncoder
import FoundationEssentials
import TestSupport
import Testing
import Tokenization

@Suite struct `Prompts of a well-known family` {
    private func prompts(_ fixture: String, named name: String, _ choice: PromptChoice = .automatic) throws -> Prompts {
        try withCopy(of: fixture) { copy in
            let path = "\(copy)-folder/\(name)"
            try FileManager.default.createDirectory(atPath: "\(copy)-folder", withIntermediateDirectories: false)
            try FileManager.default.moveItem(atPath: copy, toPath: path)
            return try ModelFolder(path, prompts: choice).prompts
        }
    }

    @Test(arguments: [
        ("multilingual-e5-small", "query: ", "passage: "), ("e5-base-v2", "query: ", "passage: "),
        ("ruri-base", "クエリ: ", "文章: "), ("ruri-large-v2", "クエリ: ", "文章: "),
        ("ruri-v3-310m", "検索クエリ: ", "検索文書: "), ("GLuCoSE-base-ja-v2", "query: ", "passage: "),
        ("multilingual-e5-large-instruct", "", ""), ("all-mpnet-base-v2", "", ""), ("ruric-e55", "", ""),
    ])
    func `are known by the folder's name where it has none of its own`(
        name: String, query: String, passage: String
    ) throws {
        let prompts = try prompts("bert-mean", named: name)
        #expect(prompts.prefix(for: .query) == query && prompts.prefix(for: .passage) == passage)
    }

    @Test func `give way to the folder's own, and to what is asked for`() throws {
        let name = "ruri-small"
        #expect(try prompts("bert-prompts", named: name).prefix(for: .query) == "query: ")
        #expect(try prompts("bert-prompts", named: name, .none).prefix(for: .query) == "")
        #expect(try prompts("bert-prompts", named: name, .preset(.ruriV3)).prefix(for: .passage) == "検索文書: ")
        #expect(try prompts("bert-mean", named: name, .none).prefix(for: .query) == "")
        #expect(try prompts("bert-mean", named: name, .folder).prefix(for: .query) == "")
    }

    @Test func `leave room for the text`() throws {
        // "query:" and two special tokens are as much as is read.
        let path = fixture("models/bert-prompts")
        let length = try ModelTokenizer(modelAt: path).tokenizer.encode("query: ", maximumLength: nil).ids.count
        let error = #expect(throws: ModelError.self) { try ModelTokenizer(modelAt: path, maximumLength: length) }
        #expect(error?.description.contains("\"query\" alone has \(length) tokens") == true)
        #expect(throws: Never.self) { try ModelTokenizer(modelAt: path, maximumLength: length, prompts: .none) }
    }

    @Test func `make another model by its fingerprint`() throws {
        let path = fixture("models/bert-mean")
        let plain = try BiEncoder(modelAt: path).fingerprint()
        #expect(try BiEncoder(modelAt: path, prompts: .preset(.e5)).fingerprint() != plain)
    }
}
