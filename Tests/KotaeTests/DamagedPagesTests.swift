import FoundationEssentials
import JSON
import TestSupport
import Testing

/// LMDB trusts its own pages, so that damage to them can end the process that reads them.
@Suite struct DamagedPagesTests {
    @Test func `verify tells of damaged pages even where they end the process that reads them`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let bytes = try place.read("faq/data.mdb")
            let query = ["search", "faq", "where is my password", "--json"]
            let answer = try place.run(query).text
            var random = SplitMix64(seed: 5)
            var crashes = 0
            for _ in 0..<60 {
                // The page's header and the beginning of its list of nodes.
                let page = Int.random(in: 2..<bytes.count / 4096, using: &random)
                let at = page * 4096 + Int.random(in: 8..<24, using: &random)
                var damaged = bytes
                damaged[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                try place.write("faq/data.mdb", damaged)
                let outcome = try place.run("index", "verify", "faq", "--full", "--json")
                guard let found = try outcome.json.first else {
                    // It could not even be opened.
                    #expect(outcome.status == 1 && outcome.error.contains("faq"), "byte \(at): \(outcome.error)")
                    continue
                }
                let isSound = try #require(found["sound"]?.bool as Bool?)
                #expect(outcome.status == (isSound ? 0 : 1), "byte \(at)")
                let problems = try #require(found["problems"]?.array)
                #expect(problems.isEmpty == isSound)
                if problems.contains(where: { $0.string?.contains("ended the process by signal") == true }) {
                    crashes += 1
                    #expect(problems[0].string?.contains("faq/data.mdb") == true)
                }
                // What is not found is in no page that is read.
                if isSound { #expect(try place.run(query).text == answer, "byte \(at)") }
            }
            #expect(crashes > 0)
        }
    }
}
