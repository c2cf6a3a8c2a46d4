import FoundationEssentials
import LexicalIndex
import TestSupport
import Testing

/// Against Snowball's `porter`, see tools/fixtures/bm25.py.
@Suite struct PorterStemmerTests {
    @Test func `stems are those of Snowball's stemmer`() throws {
        let text = String(
            decoding: try Data(contentsOf: URL(filePath: fixture("bm25/porter.tsv"))), as: UTF8.self
        )
        var count = 0
        for line in text.split(separator: "\n") {
            let columns = line.split(separator: "\t").map(String.init)
            try #require(columns.count == 2)
            #expect(Terms.of(columns[0]) == [columns[1]], "\(columns[0])")
            count += 1
        }
        #expect(count > 2000)
    }
}
