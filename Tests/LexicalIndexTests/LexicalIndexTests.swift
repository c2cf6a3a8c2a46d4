import LMDB
import LexicalIndex
import TestSupport
import Testing

@Suite struct LexicalIndexTests {
    private let queries = (0..<8).map { first in (first..<(2 * first + 2)).map { "t\($0)" } }

    private func withShelf<Result>(_ body: (Shelf) throws -> Result) throws -> Result {
        try withTemporaryFolder { try body(Shelf($0)) }
    }

    private func answers(_ shelf: Shelf) throws -> [[LexicalHit]] {
        try queries.map { try shelf.search($0) }
    }

    @Test func `documents in any order, one at a time or together, give the same answers`() throws {
        var random = SplitMix64(seed: 1)
        let documents = randomDocuments(200, seed: 2)
        let expected = try withShelf { shelf in
            try shelf.add(documents)
            #expect(try shelf.verify() == [])
            return try answers(shelf)
        }
        #expect(expected.contains { $0.count > 50 })
        try withShelf { shelf in
            for (key, terms) in documents.shuffled(using: &random) {
                try shelf.add([(key, terms.shuffled(using: &random))])
            }
            #expect(try answers(shelf) == expected)
            #expect(try shelf.verify() == [])
        }
        try withShelf { shelf in
            let shuffled = documents.shuffled(using: &random)
            try shelf.add(Array(shuffled[..<77]))
            try shelf.add(Array(shuffled[77...]))
            #expect(try answers(shelf) == expected)
            #expect(try shelf.verify() == [])
        }
    }

    @Test func `a document that is added and removed leaves nothing behind`() throws {
        try withShelf { shelf in
            try shelf.add(randomDocuments(50, seed: 3))
            let before = (try answers(shelf), try shelf.counts())
            for (key, terms) in randomDocuments(20, seed: 4, vocabulary: 60) {
                try shelf.add([(key + 1, terms)])
            }
            #expect(try answers(shelf) != before.0)
            for (key, _) in randomDocuments(20, seed: 4) { #expect(try shelf.remove(key + 1)) }
            #expect(try answers(shelf) == before.0)
            #expect(try shelf.counts() == before.1)
            #expect(try shelf.verify() == [])
            #expect(try !shelf.remove(2))
        }
    }

    @Test func `a document takes the place of the one under its key, also within one call`() throws
    {
        try withShelf { shelf in
            try shelf.add([(1, ["old"]), (2, ["other"]), (1, ["new", "new"])])
            #expect(try shelf.search(["old"]).isEmpty)
            #expect(try shelf.search(["new"]).map(\.document) == [1])
            try shelf.add(2, "second")
            #expect(try shelf.search(["other"]).isEmpty)
            #expect(try shelf.search(["second"]).map(\.document) == [2])
            #expect(try shelf.counts().documents == 2)
            #expect(try shelf.counts().length == 3)
            #expect(try shelf.counts().terms == 2)
            #expect(try shelf.verify() == [])
        }
    }

    @Test func `equal scores come in the order of keys, and limits cut the list`() throws {
        try withShelf { shelf in
            for key in [9, 3, 7, 1, 5] as [UInt64] { try shelf.add(key, "lamp") }
            try shelf.add(8, "lamp lamp")
            #expect(try shelf.search(["lamp"]).map(\.document) == [8, 1, 3, 5, 7, 9])
            #expect(try shelf.search(["lamp"], limit: 3).map(\.document) == [8, 1, 3])
            #expect(try shelf.search(["lamp"], limit: 0).isEmpty)
            #expect(try shelf.search(["lamp"], limit: -1).isEmpty)
        }
    }

    @Test func `a filter is asked about the best documents, until enough are accepted`() throws {
        try withShelf { shelf in
            for key in 0..<20 as Range<UInt64> { try shelf.add(key, "lamp") }
            var asked: [UInt64] = []
            let hits = try shelf.search(["lamp"], limit: 3) { document in
                asked.append(document)
                return document % 2 == 1
            }
            #expect(hits.map(\.document) == [1, 3, 5])
            #expect(asked == [0, 1, 2, 3, 4, 5])

            struct Refusal: Error {}
            #expect(throws: Refusal.self) {
                try shelf.search(["lamp"], limit: 3) { _ in throw Refusal() }
            }
        }
    }

    @Test func `a repeated term counts as often as the query has it`() throws {
        try withShelf { shelf in
            try shelf.add(1, "lamp cable")
            try shelf.add(2, "cable")
            let once = try shelf.search(["lamp"])[0].score
            #expect(try shelf.search(["lamp", "lamp", "lamp"])[0].score == 3 * once)
        }
    }

    @Test func `documents without terms count, and empty queries and indexes find nothing`() throws
    {
        try withShelf { shelf in
            #expect(try shelf.search(["lamp"]).isEmpty)
            #expect(try shelf.verify() == [])
            try shelf.add([(5, []), (6, ["", ""])])
            #expect(try shelf.counts().documents == 2)
            #expect(try shelf.counts().length == 0)
            #expect(try shelf.search(["lamp", ""]).isEmpty)
            #expect(try shelf.search([]).isEmpty)
            #expect(try shelf.verify() == [])
            #expect(try shelf.remove(5))
        }
    }

    @Test func `terms are compared byte by byte, and long ones by their first 511 bytes`() throws {
        try withShelf { shelf in
            let long = String(repeating: "長", count: 170)
            try shelf.add([
                (1, ["\u{e9}"]), (2, ["e\u{301}"]), (3, [long + "ab"]), (4, [long + "長"]),
            ])
            #expect(try shelf.search(["\u{e9}"]).map(\.document) == [1])
            #expect(try shelf.search(["e\u{301}"]).map(\.document) == [2])
            // 510 bytes, and one more that fits only if it is not a part of a character.
            #expect(try shelf.search([long + "axy"]).map(\.document) == [3])
            #expect(try shelf.search([long]).map(\.document) == [4])
            #expect(try shelf.search([long + "語"]).map(\.document) == [4])
            #expect(try shelf.verify() == [])
            #expect(try shelf.remove(3) && shelf.remove(4))
            #expect(try shelf.search([long]).isEmpty)
        }
    }

    @Test func `keys may be as large as they like`() throws {
        try withShelf { shelf in
            let keys: [UInt64] = [0, 1 << 20, 1 << 40, .max - 1, .max]
            try shelf.add(keys.map { ($0, ["lamp"]) })
            #expect(try shelf.search(["lamp"]).map(\.document) == keys)
            #expect(try shelf.remove(.max))
            #expect(try shelf.search(["lamp"]).map(\.document) == keys.dropLast())
            #expect(try shelf.verify() == [])
        }
    }

    @Test func `an explanation gives each term's part`() throws {
        try withShelf { shelf in
            try shelf.add(1, "lamp lamp cable")
            try shelf.add(2, "cable")
            let explanation = try #require(
                try shelf.environment.read {
                    try shelf.index.explain(
                        document: 1, terms: ["cable", "lamp", "cable", "no"], in: $0)
                })
            #expect(explanation.length == 3 && explanation.averageLength == 2)
            let parts = explanation.parts
            #expect(parts.map(\.term) == ["cable", "lamp", "no"])
            #expect(parts.map(\.queryFrequency) == [2, 1, 1])
            #expect(parts.map(\.frequency) == [1, 2, 0])
            #expect(parts.map(\.documentFrequency) == [2, 1, 0])
            // ln(1 + 0.5/2.5), ln(1 + 1.5/1.5), ln(1 + 2.5/0.5)
            let idf = [0.1823215568, 0.6931471806, 1.7917594692]
            for (part, idf) in zip(parts, idf) { #expect(abs(part.idf - idf) < 1e-9) }
            // 0.9 · (0.6 + 0.4 · 3/2) = 1.08
            let contributions = [2 * idf[0] / 2.08, idf[1] * 2 / 3.08, 0]
            for (part, expected) in zip(parts, contributions) {
                #expect(abs(part.contribution - expected) < 1e-9)
            }
            let scores = try shelf.environment.read {
                try shelf.index.scores(of: [2, 3, 1], terms: ["lamp"], in: $0)
            }
            #expect(scores[0] == 0 && scores[1] == nil && scores[2] == parts[1].contribution)
        }
    }

    @Test func `what is not committed is not there, and all can be removed`() throws {
        struct Refusal: Error {}
        try withShelf { shelf in
            try shelf.add(1, "lamp")
            #expect(throws: Refusal.self) {
                try shelf.environment.write { transaction in
                    try shelf.index.add(document: 2, terms: ["lamp"], in: &transaction)
                    let hits = try shelf.index.search(terms: ["lamp"], limit: 9, in: transaction)
                    #expect(hits.map(\.document) == [1, 2])
                    throw Refusal()
                }
            }
            #expect(try shelf.search(["lamp"]).map(\.document) == [1])
            try shelf.environment.write { try shelf.index.removeAll(in: &$0) }
            #expect(try shelf.search(["lamp"]).isEmpty)
            #expect(try shelf.counts() == withShelf { try $0.counts() })
            #expect(try shelf.verify() == [])
            try shelf.add(7, "lamp")
            #expect(try shelf.search(["lamp"]).map(\.document) == [7])
        }
    }

    @Test func `an index is opened again, and a missing one is an error`() throws {
        try withTemporaryFolder { folder in
            do {
                let environment = try Environment(
                    path: folder, options: EnvironmentOptions(access: .create))
                #expect(refusal { _ = try LexicalIndex(opening: environment) } == .missing)
                try environment.write { transaction in
                    let index = try LexicalIndex(creatingIn: &transaction)
                    try index.add(document: 4, terms: ["lamp"], in: &transaction)
                }
            }
            let environment = try Environment(
                path: folder, options: EnvironmentOptions(access: .readOnly))
            let index = try LexicalIndex(opening: environment)
            try environment.read { transaction in
                let hits = try index.search(terms: ["lamp"], limit: 1, in: transaction)
                #expect(hits.map(\.document) == [4])
                #expect(try index.contains(document: 4, in: transaction))
                #expect(try !index.contains(document: 5, in: transaction))
            }
        }
    }
}
