import BiEncoder
import FoundationEssentials
import SemanticSearch
import Testing

/// The example of README.md, line by line; that it compiles is the first half of the test.
private func example() throws {
    // Example begins
    let encoder = try BiEncoder(modelAt: ModelLibrary().folder(of: "all-MiniLM-L6-v2"))
    let faq = CorpusFile(path: "faq.csv")
    let manifest = try SearchIndex.build(at: "faq", from: faq, with: encoder)
    print("\(manifest.documents) documents")

    let index = try SearchIndex(opening: "faq")
    for hit in try index.search("How do I reset my password?", with: encoder, limit: 3) {
        print(hit.score, hit.document.id, hit.document.question)
    }
    // Example ends
}

@Suite struct `The README's Swift example` {
    @Test func `is the code that compiles here`() throws {
        let here = URL(filePath: #filePath)
        let source = try String(contentsOf: here, encoding: .utf8)
        let readme = try String(
            contentsOf: here.deletingLastPathComponent().appending(path: "../../README.md"),
            encoding: .utf8)
        func trimmed(_ lines: some Sequence<Substring>) -> [Substring] {
            lines.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty && !$0.hasPrefix("import") }
        }
        let code = source.split(separator: "\n").drop { !$0.contains("// Example begins") }
            .dropFirst().prefix { !$0.contains("// Example ends") }
        let shown = readme.split(separator: "\n").drop { $0 != "```swift" }
            .dropFirst().prefix { $0 != "```" }
        #expect(!code.isEmpty)
        #expect(trimmed(shown) == trimmed(code))
    }
}
