import BiEncoder
import Contrastive
import FoundationEssentials
import JSON
import TestSupport
import Testing

@Suite struct `Mining hard negatives` {
    private static let set = SmallTraining.pairs(40, seed: 5)

    /// Every passage's cosine with a pair's query, by definition.
    private func scores(_ pair: Int, _ encoder: BiEncoder) throws -> [Float] {
        var query = try encoder.embed([Self.set.queries[Self.set.pairs[pair].query]])
        var passages = try encoder.embed(Self.set.passages.texts)
        query.scaleToUnitLength()
        passages.scaleToUnitLength()
        return (0..<passages.count).map { row in
            zip(query[0], passages[row]).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    @Test(arguments: [(1...50, 3, 0, 0.05), (1...10, 2, 0.1, 0), (3...20, 1, 0, 0)] as [(ClosedRange<Int>, Int, Float, Float)])
    func `takes the nearest within ranks and margins`(
        ranks: ClosedRange<Int>, count: Int, absolute: Float, relative: Float
    ) throws {
        let encoder = try BiEncoder(modelAt: TrainingFixture.model)
        var miner = HardNegativeMiner()
        miner.ranks = ranks
        miner.count = count
        miner.absoluteMargin = absolute
        miner.relativeMargin = relative
        let findings = try miner.mine(Self.set, with: encoder)
        #expect(findings.map(\.pair) == Array(Self.set.pairs.indices))
        for finding in findings {
            let scores = try self.scores(finding.pair, encoder)
            let own = Self.set.pairs[finding.pair].passage
            #expect(abs(finding.positiveScore - scores[own]) < 1e-5)
            let order = scores.indices.sorted { scores[$0] > scores[$1] }
            let limit = scores[own] * (1 - relative) - absolute
            let expected = order.enumerated().filter { place, passage in
                // Away from the edge, where rounding decides.
                ranks.contains(place + 1) && passage != own && scores[passage] <= limit
            }.prefix(count).map(\.element)
            #expect(finding.negatives.map { scores[$0.passage] }.elementsEqual(
                expected.map { scores[$0] }, by: { abs($0 - $1) < 1e-5 }))
            #expect(finding.tooNear.allSatisfy { $0.passage != own && $0.score > limit })
        }
    }

    @Test func `leaves known answers and equal texts out`() throws {
        var set = PairSet()
        let query = set.insertQuery("ba de fi")
        let passages = ["ba de", "ba de fi", "go ku", "de fi"].map { set.passages.insert($0) }
        set.positives[query] = [passages[0], passages[3]]
        set.pairs = [TrainingPair(query: query, passage: passages[0])]
        var miner = HardNegativeMiner()
        miner.relativeMargin = 0
        miner.absoluteMargin = -2
        let findings = try miner.mine(set, with: BiEncoder(modelAt: TrainingFixture.model))
        #expect(findings[0].negatives.map(\.passage) == [passages[2]])
        #expect(findings[0].known == 3)
    }

    @Test func `asks a person about the ones nearest to the known answer, and reads the marks`() throws {
        let findings = try HardNegativeMiner().mine(Self.set, with: BiEncoder(modelAt: TrainingFixture.model))
        let sheet = ReviewSheet(nearestTo: findings, of: Self.set, limit: 7)
        #expect(sheet.rows.count == 7)
        let marks = ["yes", "No", "", "はい", "x", "1", "0"]
        var lines = sheet.csv.split(separator: "\r\n").map(String.init)
        for (index, mark) in marks.enumerated() { lines[index + 1] += mark }
        try withTemporaryFolder { folder in
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: "\(folder)/sheet.csv"))
            var reader = PairReader(fields: PairFields(), positiveFrom: 0.5, corpus: nil)
            try reader.read("\(folder)/sheet.csv")
            let set = try reader.pairSet(scoreRange: reader.scoreRange)
            #expect(set.pairs.map(\.label) == [1, 0, 1, 0, 1, 0])
            #expect(set.pairs.map(\.score) == [1, 0, 1, 0, 1, 0])
            let kept = [0, 1, 3, 4, 5, 6].map { sheet.rows[$0] }
            #expect(set.pairs.map { set.queries[$0.query] } == kept.map(\.query))
            #expect(set.pairs.map { set.passages[$0.passage] } == kept.map(\.candidate))

            lines[1] += "?"
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: "\(folder)/sheet.csv"))
            let error = #expect(throws: (any Error).self) { try reader.read("\(folder)/sheet.csv") }
            #expect("\(error.map { "\($0)" } ?? "")".contains("yes or no"))
        }
    }

    @Test func `leaves labelled negatives and graded scores as they are`() throws {
        var set = Self.set
        set.pairs[1].label = 0
        set.pairs[1].score = 0
        let findings = try HardNegativeMiner().mine(set, with: BiEncoder(modelAt: TrainingFixture.model))
        #expect(!findings.contains { $0.pair == 1 })
        let lines = set.json(with: findings)
        #expect(lines.count == set.pairs.count)
        #expect(lines[1]["label"]?.integer == 0 && lines[1]["negatives"]?.array?.isEmpty == true)
        #expect(lines[0]["label"] == nil && lines[0]["score"] == nil)
        set.pairs[0].score = 0.75
        let graded = set.json(with: findings)
        #expect(graded[0]["score"]?.double == 0.75 && graded[0]["label"]?.integer == 1)
        #expect(graded[1]["score"]?.double == 0)
    }

    @Test func `writes cells that hold commas, quotes and line breaks`() {
        let row = ReviewSheet.Row(
            query: "a, b", candidate: "say \"hi\"", id: "x", score: 0.5, context: "one\ntwo")
        #expect(
            ReviewSheet(rows: [row], contextName: "answer").csv
                == "\u{FEFF}query,positive_id,positive,score,answer,correct\r\n"
                    + "\"a, b\",x,\"say \"\"hi\"\"\",0.5,\"one\ntwo\",\r\n")
    }
}
