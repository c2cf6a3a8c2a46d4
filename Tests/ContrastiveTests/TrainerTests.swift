import BiEncoder
import Contrastive
import FoundationEssentials
import JSON
import TestSupport
import Tensors
import Testing

/// Trainings of the tiny model on pairs that can be learned: a query and its passage share a word.
struct SmallTraining {
    var settings = TrainingSettings()
    var threads = 2
    var training: PairSet
    var development: PairSet?
    var unlabelled: [String] = []

    init(pairs: Int = 48) {
        settings.batchSize = 8
        settings.groupSize = 3
        settings.epochs = 3
        settings.rate = 3e-3
        settings.policy = .random
        training = Self.pairs(pairs, seed: 1)
        development = Self.pairs(24, seed: 2)
    }

    static func pairs(_ count: Int, seed: UInt64) -> PairSet {
        let syllables = ["ba", "de", "fi", "go", "ku", "lan", "mel", "nin", "por", "ra"]
        let letters = Array("bdfgklmnprst")
        var random = SplitMix64(seed: seed)
        func word() -> String {
            "\(letters.randomElement(using: &random) ?? "b")\(["a", "e", "i", "o", "u", "an"].randomElement(using: &random) ?? "a")"
        }
        var set = PairSet()
        for _ in 0..<count {
            let shared = "\(word()) \(word())"
            let other = { syllables.randomElement(using: &random) ?? "ba" }
            let query = set.insertQuery("\(shared) \(other()) \(other())?")
            let passage = set.passages.insert("\(other()) \(shared)")
            set.positives[query].insert(passage)
            set.pairs.append(TrainingPair(query: query, passage: passage))
        }
        return set
    }

    func trainer(
        in folder: String, model: String = TrainingFixture.model
    ) throws -> (Trainer, BiEncoder) {
        let encoder = try loadForTraining(
            model, threads: threads, frozenLayers: settings.frozenLayers)
        let trainer = try Trainer(
            encoder, training: training, development: development, unlabelled: unlabelled,
            settings: settings, folder: TrainingFolder("\(folder)/out"))
        return (trainer, encoder)
    }

    /// The result and the model's numbers at the end.
    func run(
        report: (TrainingEvent) throws -> Void = { _ in }
    ) throws -> (TrainingResult, [String: [Float]]) {
        try withTemporaryFolder { folder in
            let (trainer, encoder) = try trainer(in: folder)
            return (try trainer.run(resume: false, report: report), numbers(encoder))
        }
    }
}

@Suite struct `A training` {
    @Test(arguments: BatchPolicyKind.allCases)
    func `makes the model better at its pairs`(policy: BatchPolicyKind) throws {
        var small = SmallTraining(pairs: 240)
        small.settings.policy = policy
        small.settings.epochs = 12
        var losses: [Double] = []
        let (result, _) = try small.run { event in
            if case .step(let step) = event { losses.append(step.loss) }
        }
        let base = try #require(result.baseScore)
        let best = try #require(result.bestScore)
        #expect(best > base + 0.1)
        #expect(result.keptStep > 0)
        let (first, last) = (losses.prefix(4).reduce(0, +), losses.suffix(4).reduce(0, +))
        #expect(last < first)
    }

    @Test func `gives the same bits every time, and others for another seed`() throws {
        let small = SmallTraining()
        let (first, second) = (try small.run().1, try small.run().1)
        #expect(first == second)
        var other = small
        other.settings.seed = 2
        #expect(try other.run().1 != first)
    }

    /// A pilot and a search for settings train dozens of times in one process.
    @Test(arguments: BatchPolicyKind.allCases)
    func `leaves no memory behind`(policy: BatchPolicyKind) throws {
        var small = SmallTraining()
        small.settings.policy = policy
        weak var parameters: TrainableParameters?
        weak var trainer: Trainer?
        try withTemporaryFolder { folder in
            let made = try small.trainer(in: folder)
            (trainer, parameters) = (made.0, made.1.parameters)
            #expect(trainer != nil && parameters != nil)
            _ = try made.0.run(resume: false)
        }
        #expect(trainer == nil && parameters == nil)
    }

    @Test func `keeps the base where nothing beats it`() throws {
        var small = SmallTraining()
        // A rate that ruins the model.
        small.settings.rate = 0.9
        small.settings.clip = 0
        small.settings.epochs = 1
        let encoder = try loadForTraining()
        let (result, values) = try small.run()
        #expect(result.keptStep == 0)
        #expect(values == numbers(encoder))
    }

    @Test func `stops when evaluations no longer gain`() throws {
        var small = SmallTraining()
        small.settings.rate = 0.9
        small.settings.clip = 0
        small.settings.epochs = 50
        small.settings.patience = 2
        var stopped = false
        let (result, _) = try small.run { event in
            if case .stoppedEarly = event { stopped = true }
        }
        #expect(stopped)
        #expect(result.steps == 12)
    }

    @Test func `leaves frozen layers alone`() throws {
        var small = SmallTraining()
        small.settings.frozenLayers = 1
        small.development = nil
        let before = numbers(try loadForTraining())
        let (_, after) = try small.run()
        for (name, values) in after {
            let isFrozen = name.hasPrefix("embeddings.") || name.hasPrefix("encoder.layer.0.")
            #expect((values == before[name]) == isFrozen, "\(name)")
        }
    }

    @Test func `learns from unlabelled texts alone, and beside pairs`() throws {
        var small = SmallTraining()
        small.unlabelled = small.training.passages.texts
        let (beside, _) = try small.run()
        #expect(beside.steps == 18)
        small.training = PairSet()
        small.development = nil
        let before = numbers(try loadForTraining())
        let (alone, values) = try small.run()
        #expect(alone.steps > 0)
        #expect(values != before)
    }

    @Test func `masks other right answers, but nothing that was labelled wrong`() throws {
        var small = SmallTraining()
        small.settings.batchSize = 4
        small.settings.epochs = 1
        small.settings.dropout = 0
        small.development = nil
        var set = PairSet()
        // The second query is labelled not to belong to the first one's passage; the third and the
        // fourth have the same passage.
        for (query, passage, label) in [("ba de", "go ku", 1), ("fi go", "go ku", 0), ("lan", "mel", 1), ("nin", "mel", 1)] {
            let query = set.insertQuery(query)
            let passage = set.passages.insert(passage)
            if label == 1 { set.positives[query].insert(passage) }
            set.pairs.append(TrainingPair(query: query, passage: passage, label: Float(label), score: Float(label)))
        }
        small.training = set
        var loss = 0.0
        _ = try small.run { event in
            if case .step(let step) = event { loss = step.loss }
        }
        let encoder = try loadForTraining()
        func vectors(_ texts: [String]) throws -> [Float] { try encoder.embed(texts).values }
        // In any order of the pairs, the loss is the same.
        let batch = LossBatch(
            anchors: try vectors(set.pairs.map { set.queries[$0.query] }),
            candidates: try vectors(set.pairs.map { set.passages[$0.passage] }), dimensions: encoder.dimensions,
            labels: [1, 0, 1, 1], excluded: [[1], [], [3], [2]])
        let expected = try BatchSoftmaxContrastive().evaluate(
            batch, inverseTemperature: 1 / small.settings.temperature, with: Worker(threads: 1))
        #expect(abs(loss - expected.value) < 1e-4 * abs(expected.value))
    }

    @Test(arguments: TrainingSettings.Loss.allCases, EmbeddingNormalization.allCases)
    func `runs with every loss`(loss: TrainingSettings.Loss, normalization: EmbeddingNormalization) throws {
        var small = SmallTraining()
        small.settings.loss = loss
        small.settings.normalization = normalization
        small.settings.temperature = normalization == .unit ? 0.05 : 1.2
        small.settings.epochs = 1
        small.settings.learnsTemperature = true
        for index in small.training.pairs.indices {
            small.training.pairs[index].score = Float(index % 5) / 4
            small.training.pairs[index].label = index % 5 >= 2 ? 1 : 0
            small.training.pairs[index].negatives = [(index + 3) % small.training.passages.count]
        }
        let (result, _) = try small.run { event in
            if case .step(let step) = event { #expect(step.loss.isFinite && step.norm > 0) }
        }
        #expect(result.steps == 6)
    }
}

@Suite struct `Gradient caching` {
    /// The gradients of one step, in portions of so many tokens.
    private func gradients(_ chunkTokens: Int, dropout: Float?) throws -> (Double, [String: [Float]]) {
        var small = SmallTraining()
        small.settings.chunkTokens = chunkTokens
        small.settings.dropout = dropout
        small.settings.batchSize = 48
        small.settings.epochs = 1
        small.development = nil
        var loss = 0.0
        return try withTemporaryFolder { folder in
            let (trainer, encoder) = try small.trainer(in: folder)
            _ = try trainer.run(resume: false) { event in
                if case .step(let step) = event { loss = step.loss }
            }
            return (loss, numbers(encoder, .gradient))
        }
    }

    @Test(arguments: [0, 0.2] as [Float], [1, 16, 100])
    func `gives the gradients of the whole batch, with dropout too`(dropout: Float, chunkTokens: Int) throws {
        let (wholeLoss, whole) = try gradients(1 << 20, dropout: dropout)
        let (loss, parts) = try gradients(chunkTokens, dropout: dropout)
        // Embeddings have the same bits in any portion, and so has the loss.
        #expect(loss == wholeLoss)
        for (name, expected) in whole where !name.hasSuffix("key.bias") {
            let found = try #require(parts[name])
            #expect(relativeDifference(found, expected) <= 1e-4, "\(name)")
        }
    }
}

@Suite struct `An interrupted training` {
    private struct Interruption: Error {}

    @Test(arguments: [BatchPolicyKind.model, .knn, .kmeans, .random], [1, 5, 6, 7, 13])
    func `goes on to the same bits`(policy: BatchPolicyKind, step: Int) throws {
        var small = SmallTraining()
        small.settings.policy = policy
        small.settings.learnsTemperature = true
        small.settings.evalSteps = 4
        let (expectedResult, expected) = try small.run()
        try withTemporaryFolder { folder in
            let (first, _) = try small.trainer(in: folder)
            // A checkpoint after every step; the interruption loses the step that it follows.
            first.checkpointInterval = 0
            #expect(throws: Interruption.self) {
                try first.run(resume: false) { event in
                    if case .step(let done) = event, done.step == step { throw Interruption() }
                }
            }
            let (second, encoder) = try small.trainer(in: folder)
            var resumedAt: Int?
            let result = try second.run(resume: true) { event in
                if case .resumed(let step) = event { resumedAt = step }
            }
            #expect(resumedAt.map { $0 < step } == true)
            #expect(numbers(encoder) == expected)
            #expect(result.bestScore == expectedResult.bestScore)
            #expect(result.keptStep == expectedResult.keptStep)
        }
    }

    @Test func `keeps its patience`() throws {
        var small = SmallTraining()
        small.settings.rate = 0.9
        small.settings.clip = 0
        small.settings.epochs = 50
        small.settings.patience = 3
        try withTemporaryFolder { folder in
            let (first, _) = try small.trainer(in: folder)
            #expect(throws: Interruption.self) {
                try first.run(resume: false) { event in
                    if case .step(let done) = event, done.step == 13 { throw Interruption() }
                }
            }
            let (second, _) = try small.trainer(in: folder)
            #expect(try second.run(resume: true).steps == 18)
        }
    }

    @Test func `refuses other data and settings, and says which`() throws {
        var small = SmallTraining()
        try withTemporaryFolder { folder in
            let (first, _) = try small.trainer(in: folder)
            #expect(throws: Interruption.self) {
                try first.run(resume: false) { event in
                    if case .step(let done) = event, done.step == 2 { throw Interruption() }
                }
            }
            small.settings.rate *= 2
            small.training.pairs[0].label = 0
            let (second, _) = try small.trainer(in: folder)
            let error = #expect(throws: TrainingError.self) { try second.run(resume: true) }
            #expect(error?.reason.contains("differs in: rate (0.003 then, 0.006 now), training pairs;") == true)
        }
    }

    @Test func `whose loss is no number stops, and goes on from the last good checkpoint`() throws {
        let small = SmallTraining()
        let (_, expected) = try small.run()
        try withTemporaryFolder { folder in
            let checkpoint = URL(filePath: "\(folder)/out.partial/checkpoint.safetensors")
            let (trainer, encoder) = try small.trainer(in: folder)
            var kept: Data?
            let error = #expect(throws: TrainingError.self) {
                try trainer.run(resume: false) { event in
                    // Behind the first epoch's checkpoint; a weight beyond all numbers stands for what a
                    // training can run into.
                    guard case .step(let done) = event, done.step == 8 else { return }
                    kept = try Data(contentsOf: checkpoint)
                    try encoder.parameters?.restore { entry, part, memory in
                        if part == .value, entry.name.hasSuffix("output.dense.weight") { memory[0] = .infinity }
                    }
                }
            }
            #expect(error?.reason.contains("step 9 is not a number") == true)
            #expect(try Data(contentsOf: checkpoint) == kept)
            let (second, resumed) = try small.trainer(in: folder)
            var resumedAt: Int?
            _ = try second.run(resume: true) { event in
                if case .resumed(let step) = event { resumedAt = step }
            }
            #expect(resumedAt == 6)
            #expect(numbers(resumed) == expected)
        }
    }

    @Test func `leaves nothing of a checkpoint that was being written`() throws {
        let small = SmallTraining()
        try withTemporaryFolder { folder in
            let (first, _) = try small.trainer(in: folder)
            #expect(throws: Interruption.self) {
                try first.run(resume: false) { event in
                    if case .step = event { throw Interruption() }
                }
            }
            let unfinished = "\(folder)/out.partial/checkpoint.safetensors.1.partial"
            try Data("half".utf8).write(to: URL(filePath: unfinished))
            let (second, _) = try small.trainer(in: folder)
            _ = try second.run(resume: true)
            #expect(!FileManager.default.fileExists(atPath: unfinished))
        }
    }

    @Test func `is not gone on with by two at once`() throws {
        try withTemporaryFolder { folder in
            let place = TrainingFolder("\(folder)/out")
            let lock = try place.lock()
            #expect(throws: TrainingError.self) { try place.lock() }
            withExtendedLifetime(lock) {}
        }
    }
}

@Suite struct `A trained model's folder` {
    @Test func `is a model that embeds as the trained one does`() throws {
        let small = SmallTraining()
        try withTemporaryFolder { folder in
            let (trainer, encoder) = try small.trainer(in: folder)
            let result = try trainer.run(resume: false)
            let out = TrainingFolder("\(folder)/out")
            try TrainedModel(
                encoder, result, small.settings, summary: PairSummary(small.training), texts: ["a", "b", "a"],
                configuration: "epochs: 3\n", folder: out
            ).write()
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/out.partial"))
            let loaded = try BiEncoder(modelAt: "\(folder)/out", threads: 1)
            let texts = small.training.queries.texts
            #expect(try loaded.embed(texts).values == encoder.embed(texts).values)
            #expect(loaded.maximumLength == encoder.maximumLength)
            #expect(loaded.folder.pooling == encoder.folder.pooling)

            func read(_ name: String) throws -> String {
                try String(contentsOfFile: "\(folder)/out/\(name)", encoding: .utf8)
            }
            #expect(try read("training/texts.sha256").split(separator: "\n").count == 2)
            // SHA-256 of "a", as sha256sum prints it.
            #expect(try read("training/texts.sha256").contains(
                "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"))
            #expect(try read("training/config.yaml") == "epochs: 3\n")
            let lines = try read("training/log.jsonl").split(separator: "\n").map {
                try JSONValue(parsing: String($0))
            }
            #expect(lines.count { $0["loss"] != nil } == result.steps)
            #expect(lines.count { $0["score"] != nil } == 4)
            let page = try read("training/index.html")
            #expect(page.contains("<svg") && page.contains("Loss"))
            #expect(malformation(of: page) == nil)
            #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("src="))
            #expect(try read("README.md").contains("48 pairs"))
        }
    }
}
