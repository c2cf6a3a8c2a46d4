import Contrastive
import FoundationEssentials
import JSON
import TestSupport
import Testing

@Suite struct `Searching for settings` {
    @Test func `tries different combinations, the same for the same seed`() {
        let space = SearchSpace([("a", ["1", "2", "3"]), ("b", ["x", "y"])])
        func texts(_ limit: Int, _ seed: UInt64) -> [String] {
            space.choices(limit, seed: seed).map { $0.map { "\($0.name)=\($0.value)" }.joined(separator: " ") }
        }
        #expect(space.count == 6)
        #expect(Set(texts(100, 1)) == ["a=1 b=x", "a=1 b=y", "a=2 b=x", "a=2 b=y", "a=3 b=x", "a=3 b=y"])
        #expect(texts(4, 1) == texts(4, 1))
        #expect(Set(texts(4, 1)).count == 4)
        #expect(texts(6, 1) != texts(6, 2))
    }

    @Test func `gives the better half more time, and the last ones several seeds`() {
        let halving = SuccessiveHalving(epochs: 4, candidates: 8, seeds: 3)
        #expect(halving.rungs == [1, 2, 4])
        var runs: [[Int]] = []
        // The higher the number the better, and more epochs help all alike.
        let standings = halving.run(candidates: 8) { candidate, epochs, seed in
            runs.append([candidate, epochs, seed])
            return Double(candidate) + Double(epochs) / 10 + Double(seed)
        }
        #expect(runs.count { $0[1] == 1 } == 8)
        #expect(runs.filter { $0[1] == 2 }.map { $0[0] } == [4, 5, 6, 7])
        #expect(runs.filter { $0[1] == 4 } == [[6, 4, 0], [6, 4, 1], [6, 4, 2], [7, 4, 0], [7, 4, 1], [7, 4, 2]])
        #expect(standings.map(\.candidate) == [7, 6, 5, 4, 3, 2, 1, 0])
        #expect(standings[0].epochs == 4 && standings[0].scores.count == 3)
        #expect(abs(standings[0].mean - 8.4) < 1e-12 && standings[0].spread == 1)
        #expect(standings[2].epochs == 2 && standings[2].spread == 0)
    }

    @Test(arguments: [0, 1, 5, 9, 13])
    func `ends when the time is up, with what it has`(limit: Int) {
        var runs = 0
        let standings = SuccessiveHalving(epochs: 4, candidates: 8, seeds: 3).run(candidates: 8) { candidate, epochs, _ in
            guard runs < limit else { return nil }
            runs += 1
            return Double(candidate)
        }
        #expect(runs == limit)
        #expect(standings.count == min(limit, 8))
        // Those that came further stand first.
        #expect(zip(standings, standings.dropFirst()).allSatisfy { $0.epochs >= $1.epochs })
    }

    @Test func `keeps finished trials, and drops one that was half written`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/trials.jsonl"
            let trial: JSONValue = ["rate": "1e-3", "epochs": 2]
            do {
                let store = try TrialStore(path, identity: ["data": "a"])
                #expect(store.score(trial) == nil)
                try store.add(trial, score: 0.5, seconds: 3)
            }
            let handle = try #require(FileManager.default.contents(atPath: path))
            try (handle + Data(#"{"trial":{"ra"#.utf8)).write(to: URL(filePath: path))
            let store = try TrialStore(path, identity: ["data": "a"])
            #expect(store.score(trial) == 0.5)
            #expect(store.seconds == 3)
            #expect(throws: TrainingError.self) { try TrialStore(path, identity: ["data": "b"]) }
        }
    }
}
