import Contrastive
import Random
import Tensors
import Testing

@Suite struct `Batch policies` {
    /// Forty pairs whose queries point in four directions, ten each; every third passage is shared.
    private static let set: PairSet = {
        var set = PairSet()
        for index in 0..<40 {
            let query = set.insertQuery("query \(index)")
            let passage = set.passages.insert("passage \(index.isMultiple(of: 3) ? 0 : index)")
            set.positives[query].insert(passage)
            set.pairs.append(TrainingPair(query: query, passage: passage))
        }
        return set
    }()

    /// The direction of a pair's query.
    private static func direction(_ pair: Int) -> Int { pair % 4 }

    private static let embeddings: [Float] = (0..<40).flatMap { pair -> [Float] in
        var vector = [Float](repeating: 0.01 * Float(pair), count: 4)
        vector[direction(pair)] += 5
        var span = vector.mutableSpan
        UnitLength.forward(&span)
        return vector
    }

    private func settings(_ kind: BatchPolicyKind) -> TrainingSettings {
        var settings = TrainingSettings()
        settings.policy = kind
        settings.batchSize = 8
        settings.groupSize = 4
        settings.clusters = 4
        settings.equalTextsInGroups = true
        return settings
    }

    private func batches(_ settings: TrainingSettings, seed: UInt64 = 1) throws -> [[Int]] {
        let worker = try Worker(threads: 1)
        let policy = try settings.batchPolicy(
            pairs: 40, with: worker, embed: { Self.embeddings })
        var input = BatchInput(
            set: Self.set, batchSize: settings.batchSize, random: SeededGenerator(seed: seed),
            // Queries of one direction share their two tokens.
            queryTokens: { [Int32(Self.direction($0)), 7 + Int32(Self.direction($0))][...] },
            embedQueries: { Self.embeddings })
        return try policy.batches(&input)
    }

    @Test(arguments: BatchPolicyKind.allCases)
    func `put every pair into one batch, the same for the same seed`(kind: BatchPolicyKind) throws {
        let settings = settings(kind)
        let found = try batches(settings)
        #expect(found.joined().sorted() == Array(0..<40))
        #expect(found.allSatisfy { (1...8).contains($0.count) })
        #expect(try batches(settings) == found)
        #expect(try batches(settings, seed: 2) != found)
    }

    @Test(arguments: [BatchPolicyKind.shingles, .kmeans, .knn, .model])
    func `bring similar queries together`(kind: BatchPolicyKind) throws {
        // In a random order a quarter of the other pairs of a batch share a query's direction.
        var together = 0
        var others = 0
        for batch in try batches(settings(kind)) {
            for pair in batch {
                for other in batch where other != pair {
                    others += 1
                    if Self.direction(other) == Self.direction(pair) { together += 1 }
                }
            }
        }
        #expect(Double(together) > 0.33 * Double(others))
    }

    @Test func `keep equal texts out of a batch where asked`() throws {
        for batch in try batches(settings(.noDuplicates)) {
            #expect(Set(batch.map { Self.set.pairs[$0].passage }).count == batch.count)
        }
    }

    @Test(arguments: [true, false])
    func `keep equal texts out of a group where asked`(allowed: Bool) {
        var input = BatchInput(
            set: Self.set, batchSize: 8, random: SeededGenerator(seed: 5),
            queryTokens: { _ in [] }, embedQueries: { [] })
        let groups = Grouping(groupSize: 4, allowsEqualTexts: allowed)
            .groups(&input) { pair in (1..<40).lazy.map { (pair + 3 * $0) % 40 } }
        #expect(groups.joined().sorted() == Array(0..<40))
        #expect(groups.allSatisfy { $0.count <= 4 })
        let repeats = groups.count { group in
            Set(group.map { Self.set.pairs[$0].passage }).count < group.count
        }
        #expect((repeats > 0) == allowed)
    }
}

@Suite struct `A split by groups` {
    @Test(arguments: [0.1, 0.25, 0.5])
    func `leaves no query and no passage on both sides`(fraction: Double) {
        var set = PairSet()
        for index in 0..<200 {
            // Some queries come twice, some passages three times.
            let query = set.insertQuery("query \(index / 2)")
            let passage = set.passages.insert("passage \(index % 67)")
            set.pairs.append(TrainingPair(query: query, passage: passage))
        }
        let loose = GroupSplit.split(set, fraction: fraction, seed: 3)
        // All of these hang together, so nothing can be held out.
        #expect(loose.development.isEmpty)

        set.pairs = (0..<200).map { index in
            TrainingPair(
                query: set.insertQuery("q \(index / 2)"),
                passage: set.passages.insert("p \(index / 4)"))
        }
        let (training, development) = GroupSplit.split(set, fraction: fraction, seed: 3)
        #expect((training + development).sorted() == Array(0..<200))
        let share = Double(development.count) / 200
        #expect(share >= fraction && share < fraction + 0.03)
        func texts(_ indices: [Int]) -> Set<String> {
            Set(indices.flatMap { index in
                [set.queries[set.pairs[index].query], set.passages[set.pairs[index].passage]]
            })
        }
        #expect(texts(training).isDisjoint(with: texts(development)))
        #expect(GroupSplit.split(set, fraction: fraction, seed: 4).development != development)
    }

    @Test func `leaves no text as a query on one side and as a passage on the other, but for entries of a corpus`() {
        var set = PairSet()
        for index in 0..<100 {
            // Each text is the query of one pair and the passage of the next.
            let query = set.insertQuery("text \(index / 2 * 3 + index % 2)")
            let passage = set.passages.insert("text \(index / 2 * 3 + index % 2 + 1)")
            set.pairs.append(TrainingPair(query: query, passage: passage))
        }
        func sides() -> (Set<String>, Set<String>) {
            let (training, development) = GroupSplit.split(set, fraction: 0.2, seed: 3)
            func texts(_ indices: [Int]) -> Set<String> {
                Set(indices.flatMap { [set.queries[set.pairs[$0].query], set.passages[set.pairs[$0].passage]] })
            }
            return (texts(training), texts(development))
        }
        let (training, development) = sides()
        #expect(!development.isEmpty && training.isDisjoint(with: development))
        set.documents = (0..<set.passages.count).map { [$0] }
        let (first, second) = sides()
        #expect(!first.isDisjoint(with: second))
    }
}
