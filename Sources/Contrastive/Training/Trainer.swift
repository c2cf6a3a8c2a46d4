package import BiEncoder
internal import Glibc
package import JSON
internal import Random
internal import Tensors

/// Fine-tunes a bi-encoder on pairs.
///
/// Everything that happens follows from the settings, the data and the number of threads, so that an
/// interrupted training that goes on from a checkpoint ends with the same bits as one that was not.
package final class Trainer {
    private let encoder: BiEncoder
    private let parameters: TrainableParameters
    private let training: PairSet
    private let unlabelled: TokenizedTexts
    package let settings: TrainingSettings
    private let folder: TrainingFolder
    private let identity: JSONValue
    private let texts: TrainingTexts
    private let development: DevelopmentSet?
    private let worker: Worker
    private let step: GradientStep
    private let loss: any PairLoss
    private let policy: any BatchPolicy
    private var optimizer: Optimizer
    private var state: TrainingState
    /// Whether checkpoints and the best weights are written.
    private var keepsFiles = true
    private var tokens = 0
    private var seconds = 0.0

    /// Seconds between checkpoints besides those at the end of each epoch.
    package var checkpointInterval = 60.0

    /// - Parameters:
    ///   - encoder: loaded with `BiEncoder(training:…)`, with the base model's numbers.
    ///   - training: what is learned.
    ///   - development: what the model is judged by, in the same tables of texts; nil for no judging.
    ///   - unlabelled: texts for SimCSE beside the pairs, or alone when there are no pairs.
    ///   - folder: where the training keeps its state.
    /// - Throws: `TrainingError` when the data do not fit the settings.
    package init(
        _ encoder: BiEncoder, training: PairSet, development: PairSet?, unlabelled: [String] = [],
        settings: TrainingSettings, folder: TrainingFolder
    ) throws {
        guard let parameters = encoder.parameters else {
            preconditionFailure("an encoder loaded for training")
        }
        try settings.validate()
        let loss = settings.pairLoss
        try Self.check(training, unlabelled, settings, loss)
        self.encoder = encoder
        self.parameters = parameters
        self.training = training
        self.settings = settings
        self.folder = folder
        self.loss = loss
        worker = try Worker(threads: encoder.threads)
        let start = ContinuousClock.now
        let texts = TrainingTexts(training, encoder)
        self.texts = texts
        self.unlabelled = encoder.tokenize(unlabelled, as: .passage)
        seconds = (ContinuousClock.now - start) / .seconds(1)
        self.development = development.map {
            DevelopmentSet($0, metric: settings.metric, texts: TrainingTexts($0, encoder))
        }
        var rates = encoder.dropoutRates
        if let rate = settings.dropout { rates = DropoutRates(hidden: rate, attention: rate) }
        step = GradientStep(
            encoder: encoder, rates: rates, chunkTokens: settings.chunkTokens, worker: worker)
        optimizer = Optimizer(settings)
        state = TrainingState(optimizer.state)
        identity = TrainingIdentity.json(
            model: try encoder.fingerprint(), settings: settings,
            precision: encoder.precision.rawValue, threads: encoder.threads,
            maximumLength: encoder.maximumLength, training: training, development: development,
            unlabelled: unlabelled)
        // Before anything is learned: some policies go by the base model's embeddings for good.
        policy = try settings.batchPolicy(
            pairs: training.pairs.count, with: worker,
            embed: { try Self.embedQueries(training, texts, encoder) })
    }

    /// What the model is judged by; nil when it is not.
    package var metric: DevelopmentMetric? { development?.metric }

    /// How long the training texts are in tokens, and how many of them are cut.
    package var tokenCounts: (mean: Double, largest: Int, truncated: Int) {
        let counts = [texts.queries, texts.passages, unlabelled].flatMap { texts in
            (0..<texts.count).map { texts[$0].count }
        }
        return (
            Double(counts.reduce(0, +)) / Double(max(counts.count, 1)), counts.max() ?? 0,
            texts.truncated + unlabelled.cut.count { $0 > 0 }
        )
    }

    private static func check(
        _ training: PairSet, _ unlabelled: [String], _ settings: TrainingSettings,
        _ loss: any PairLoss
    ) throws(TrainingError) {
        let count = training.pairs.count
        if count == 0, unlabelled.count >= 2 {
            guard settings.batchSize <= unlabelled.count else {
                throw TrainingError(
                    "--batch-size", "is \(settings.batchSize), more than the \(unlabelled.count) unlabelled texts")
            }
            return
        }
        guard count >= 2 else {
            throw TrainingError(
                "", "\(count == 0 ? "there are no pairs" : "there is one pair") to learn from; "
                    + "at least 2 are needed, and some hundred make a difference")
        }
        guard settings.batchSize <= count else {
            throw TrainingError(
                "--batch-size", "is \(settings.batchSize), more than the \(count) training pairs")
        }
        if loss.needsPositives, !training.hasPositives {
            throw TrainingError(
                "", "every label is 0, and the loss \(settings.loss.rawValue) learns from pairs that "
                    + "belong together; add some, or use --loss mse")
        }
    }

    private static func embedQueries(
        _ set: PairSet, _ texts: TrainingTexts, _ encoder: BiEncoder
    ) throws -> [Float] {
        let queries = Array(Set(set.pairs.map(\.query))).sorted()
        var embeddings = try encoder.embed(texts.queries.selecting(queries))
        embeddings.scaleToUnitLength()
        let rows = Dictionary(uniqueKeysWithValues: queries.enumerated().map { ($1, $0) })
        return set.pairs.flatMap { pair in rows[pair.query].map { embeddings[$0] } ?? [] }
    }
}

extension Trainer {
    /// Trains from the start, or from the last checkpoint on.
    ///
    /// Afterwards the encoder holds the parameters that were kept: the best by the development metric,
    /// those of the base model when nothing beat them, and the last without development pairs.
    ///
    /// - Throws: `TrainingError` when a checkpoint is of another training or the loss is no number;
    ///   `FileError` when a file cannot be written. The last checkpoint stays.
    package func run(
        resume: Bool, report: (TrainingEvent) throws -> Void = { _ in }
    ) throws -> TrainingResult {
        do { return try train(resume: resume, report: report) } catch let error as NoNumber {
            throw TrainingError(
                "", "the \(error.what) of step \(error.step) is not a number; "
                    + "the last good checkpoint is kept in \(folder.partial). A lower --rate or a "
                    + "higher --temperature may help")
        }
    }

    private func train(
        resume: Bool, report: (TrainingEvent) throws -> Void
    ) throws -> TrainingResult {
        let base = try ModelWeights(of: encoder.folder)
        let resumed = resume && folder.hasCheckpoint
        if resumed {
            try restore()
            try folder.removeUnfinished()
            try report(.resumed(step: state.optimizer.step))
        } else {
            try folder.begin()
        }
        let log = try TrainingLog(folder.log, keeping: state.logBytes)
        if !resumed {
            try evaluate(log, report)
            try checkpoint(log)
        }
        while !state.isDone {
            try runEpoch(log, report)
            if isExhausted { try report(.stoppedEarly(step: state.optimizer.step)) }
            state.isDone = state.epoch == settings.epochs || isExhausted
            try checkpoint(log)
        }
        if development != nil {
            if state.bestStep == 0 {
                try Checkpoint.restore(parameters, from: base, moments: false)
            } else {
                try Checkpoint.restore(parameters, from: Safetensors(contentsOf: folder.best), moments: false)
            }
        }
        return TrainingResult(
            steps: state.optimizer.step, metric: development?.metric,
            judged: development?.count ?? 0, baseScore: state.baseScore,
            bestScore: state.bestScore,
            keptStep: development == nil ? state.optimizer.step : state.bestStep, tokens: tokens,
            seconds: seconds)
    }

    /// Trains from the start without keeping anything.
    ///
    /// - Returns: the best development score, that of the base model included; 0 without
    ///   development pairs. Nil when the loss or a gradient became no number.
    package func runTrial() throws -> Double? {
        keepsFiles = false
        do {
            try evaluate(nil) { _ in }
            while state.epoch < settings.epochs, !isExhausted { try runEpoch(nil) { _ in } }
        } catch is NoNumber {
            return nil
        }
        return state.bestScore ?? 0
    }

    /// What trainings of the same data have in common, whatever their settings.
    package var dataIdentity: JSONValue {
        .object(JSONObject((identity.object?.members ?? []).filter { $0.key != "settings" }))
    }

    private func restore() throws {
        let (state, identity, file) = try Checkpoint.read(folder.checkpoint)
        let differences = TrainingIdentity.differences(identity, self.identity)
        guard differences.isEmpty else {
            throw TrainingError(
                folder.partial,
                "the interrupted training differs in: \(differences.joined(separator: ", ")); give the "
                    + "same data and settings, or --overwrite to start anew")
        }
        try Checkpoint.restore(parameters, from: file, moments: true)
        self.state = state
        optimizer.state = state.optimizer
    }

    private var isExhausted: Bool {
        settings.patience > 0 && state.evaluationsWithoutGain >= settings.patience
    }

    private func checkpoint(_ log: TrainingLog) throws {
        try log.flush()
        state.logBytes = log.bytes
        state.optimizer = optimizer.state
        try Checkpoint.write(parameters, state, identity: identity, to: folder.checkpoint)
    }

    private func runEpoch(_ log: TrainingLog?, _ report: (TrainingEvent) throws -> Void) throws {
        if state.batches.isEmpty { state.batches = try formBatches() }
        var lastCheckpoint = ContinuousClock.now
        while state.nextBatch < state.batches.count, !isExhausted {
            try runStep(log, report)
            let isLast = state.nextBatch == state.batches.count
            if settings.evalSteps > 0, optimizer.state.step % settings.evalSteps == 0, !isLast {
                try evaluate(log, report)
            }
            if (ContinuousClock.now - lastCheckpoint) / .seconds(1) >= checkpointInterval, !isLast,
                let log
            {
                try checkpoint(log)
                lastCheckpoint = .now
            }
        }
        if !isExhausted { try evaluate(log, report) }
        state.epoch += 1
        state.batches = []
        state.nextBatch = 0
    }

    private func formBatches() throws -> [[Int]] {
        let random = SeededGenerator(seed: settings.seed, .batches, number: state.epoch)
        guard !training.pairs.isEmpty else {
            var random = random
            return Array(0..<unlabelled.count).shuffled(using: &random).chunked(settings.batchSize)
        }
        var input = BatchInput(
            set: training, batchSize: settings.batchSize, random: random,
            queryTokens: { [texts] in texts.queries[$0] },
            embedQueries: { [training, texts, encoder] in
                try Self.embedQueries(training, texts, encoder)
            })
        return try policy.batches(&input)
    }

    private func runStep(_ log: TrainingLog?, _ report: (TrainingEvent) throws -> Void) throws {
        let start = ContinuousClock.now
        let number = optimizer.state.step
        let seed = SeededGenerator(seed: settings.seed, .dropout, number: number).firstValue
        parameters.clearGradients(with: worker)
        let alpha = optimizer.state.inverseTemperature
        var (value, temperatureGradient) = (0.0, 0.0)
        var tokens = 0
        if !training.pairs.isEmpty {
            let batch = BatchTexts(
                state.batches[state.nextBatch], of: training, texts,
                masksPositives: settings.masksPositives)
            let result = try step.run(batch, loss: loss, inverseTemperature: alpha, seed: seed)
            (value, temperatureGradient) = result
            tokens += batch.tokens
        }
        if unlabelled.count > 0 {
            let batch = unlabelledBatch(number)
            let result = try step.run(
                batch, loss: BatchSoftmaxContrastive(symmetric: false),
                inverseTemperature: alpha, seed: splitMix64(seed),
                weight: training.pairs.isEmpty ? 1 : settings.simcseWeight)
            value += result.loss
            temperatureGradient += result.inverseTemperature
            tokens += batch.tokens
        }
        let norm = parameters.gradientNorm(with: worker)
        guard value.isFinite, norm.isFinite else {
            throw NoNumber(what: value.isFinite ? "gradient" : "loss", step: number + 1)
        }
        let done = Double(state.epoch) + Double(state.nextBatch) / Double(state.batches.count)
        let rate = optimizer.rate(progress: done / Double(settings.epochs))
        try optimizer.step(
            parameters, rate: rate, norm: norm, temperatureGradient: temperatureGradient,
            with: worker)
        state.nextBatch += 1
        self.tokens += tokens
        seconds += (ContinuousClock.now - start) / .seconds(1)
        let event = TrainingEvent.Step(
            step: optimizer.state.step, epoch: state.epoch,
            progress: (Double(state.epoch) + Double(state.nextBatch) / Double(state.batches.count))
                / Double(settings.epochs),
            loss: value, temperature: 1 / alpha, rate: rate, norm: norm, tokens: tokens)
        try log?.append(event.json)
        try report(.step(event))
    }

    /// The texts that SimCSE sees beside the pairs of a step: all of them in turn, or the step's
    /// own batch where there are no pairs.
    private func unlabelledBatch(_ step: Int) -> BatchTexts {
        if training.pairs.isEmpty {
            return BatchTexts(twice: state.batches[state.nextBatch], of: unlabelled)
        }
        var random = SeededGenerator(seed: settings.seed, .unlabelled, number: step)
        let count = min(settings.batchSize, unlabelled.count)
        var members: Set<Int> = []
        while members.count < count { members.insert(Int.random(in: 0..<unlabelled.count, using: &random)) }
        return BatchTexts(twice: members.sorted(), of: unlabelled)
    }

    private func evaluate(_ log: TrainingLog?, _ report: (TrainingEvent) throws -> Void) throws {
        guard let development else { return }
        let score = try development.score(encoder, with: worker)
        let step = optimizer.state.step
        let isBest = state.bestScore.map { score > $0 } ?? true
        if isBest {
            state.bestScore = score
            state.bestStep = step
            state.evaluationsWithoutGain = 0
            if step == 0 {
                state.baseScore = score
            } else if keepsFiles {
                try Checkpoint.writeValues(parameters, to: folder.best)
            }
        } else {
            state.evaluationsWithoutGain += 1
        }
        try log?.append([
            "step": .integer(step), "metric": .string(development.metric.rawValue),
            "score": .number(score),
        ])
        try report(
            .evaluated(step: step, metric: development.metric, score: score, isBest: isBest))
    }
}

/// A loss or the length of the gradients that is infinite or not a number.
private struct NoNumber: Error {
    let what: String
    let step: Int
}

extension TrainingEvent.Step {
    fileprivate var json: JSONValue {
        [
            "step": .integer(step), "epoch": .integer(epoch), "loss": .number(loss),
            "temperature": .number(temperature), "rate": .number(rate), "norm": .number(norm),
            "tokens": .integer(tokens),
        ]
    }
}

extension SeededGenerator {
    fileprivate var firstValue: UInt64 {
        var copy = self
        return copy.next()
    }
}
