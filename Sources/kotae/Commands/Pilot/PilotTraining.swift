import BiEncoder
import Contrastive
import Files
import JSON
import Random
import Records

/// A pilot's trainings: with the defaults, with mined negatives, and with the best of a search for
/// settings, as far as the time goes; then with parts of the pairs, for the learning curve.
///
/// Every training that is done is kept in the trials' file, so a pilot that is started again goes on
/// after it, and an interrupted one goes on from its last checkpoint.
struct PilotTraining {
    let folder: PilotFolder
    let model: ModelOptions
    /// The same as arguments of `kotae train`, for every training.
    let options: [String]
    /// For all trainings together.
    let minutes: Double
    let seed: UInt64
    let quiet: Bool
    let store: TrialStore

    /// A training that is done.
    struct Trained {
        /// "default", "mined" or "tuned".
        let name: String
        /// Of the file of pairs that it learned from, and of kotae train beside the common ones.
        let pairs: String
        let settings: [String]
        /// Of the development metric.
        let score: Double
        let seconds: Double
    }

    /// A training with a part of the pairs.
    struct Portion {
        let name: String
        let pairs: Int
    }

    /// What is left of the time, in seconds.
    private var left: Double { minutes * 60 - store.seconds }

    /// Trains, and puts the best model in its place.
    ///
    /// - Parameter pairs: how many there are to learn from.
    /// - Returns: the best training; nil when nothing beat the base model on development questions.
    func run(pairs: Int) throws -> Trained? {
        let plain = try train("default", pairs: "training", settings: [])
        guard let base = store.score(Self.key("base")) else {
            throw TrainingError(folder.trials, "lacks the base model's score")
        }
        var done = [plain]
        let curve = Self.curveShare
        if plain.seconds * (Self.minedCost + curve * Self.minedCost) <= left || has("mined") {
            try mine()
            done.append(try train("mined", pairs: "mined", settings: []))
        } else {
            tell("no time for hard negatives: a training takes \(clock(plain.seconds)), \(clock(max(left, 0))) are left")
        }
        if let tuned = try tune(Self.best(done), pairs: pairs) { done.append(tuned) }
        let best = Self.best(done)
        guard best.score > base else { return nil }
        // A pilot that was interrupted behind this finds it in its place.
        if folder.has(folder.training(best.name)) {
            try folder.move(folder.training(best.name), to: folder.model)
        }
        return best
    }

    /// The first of those with the highest score.
    private static func best(_ trained: [Trained]) -> Trained {
        trained.dropFirst().reduce(trained[0]) { $1.score > $0.score ? $1 : $0 }
    }

    /// How long a training with mined negatives may take, a training without being 1, and what the
    /// learning curve takes of the training that it repeats with a quarter and a half of the pairs.
    private static let minedCost = 1.8
    private static let curveShare = 0.8

    // One training

    private static func key(_ name: String) -> JSONValue { ["training": .string(name)] }

    private func has(_ name: String) -> Bool { store.score(Self.key(name)) != nil }

    private func train(_ name: String, pairs: String, settings: [String]) throws -> Trained {
        let key = Self.key(name)
        if store.score(key) == nil {
            // One whose end was not written down is begun anew.
            try folder.remove(folder.training(name))
            let command = try command(pairs, settings, to: folder.training(name), resume: true)
            let start = ContinuousClock.now
            let result = try command.trained(describing: false)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            guard let base = result.baseScore, let best = result.bestScore else {
                throw TrainingError(name, "was not judged")
            }
            if !has("base") { try store.add(Self.key("base"), score: base, seconds: 0) }
            try store.add(key, score: result.keptStep == 0 ? base : best, seconds: seconds)
        }
        let score = store.score(key) ?? 0
        tell("\(name): \(decimal(score, 4)) on development questions in \(clock(store.seconds(key) ?? 0))")
        return Trained(
            name: name, pairs: pairs, settings: settings, score: score, seconds: store.seconds(key) ?? 0)
    }

    private func command(
        _ pairs: String, _ settings: [String], to path: String, resume: Bool = false
    ) throws -> TrainCommand {
        try TrainCommand.parse(
            options + [
                "--pairs", folder.pairs(pairs), "--dev", folder.development, "--corpus", folder.corpus,
                "--to", path,
            ] + settings + (resume ? ["--resume"] : []) + (quiet ? ["--quiet"] : []))
    }

    // Hard negatives

    private func mine() throws {
        guard !has("mined") else { return }
        let start = ContinuousClock.now
        var reader = PairReader(
            fields: PairFields(), positiveFrom: 0.5, corpus: try Corpus([.init(path: folder.corpus)]))
        try reader.read(folder.pairs("training"))
        let set = try reader.pairSet(scoreRange: reader.scoreRange)
        let findings = try HardNegativeMiner().mine(set, with: model.load())
        try DurableFile.write(
            set.json(with: findings).map { "\($0)\n" }.joined(), to: folder.pairs("mined"))
        let mined = findings.reduce(0) { $0 + $1.negatives.count }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        // Counts as time of the pilot, once.
        if !has("mining") { try store.add(Self.key("mining"), score: 0, seconds: seconds) }
        tell("mined \(grouped(mined)) hard negatives in \(clock(seconds))")
    }

    // Settings

    /// Trains with the best settings that a search finds; nil when there is no time for one.
    private func tune(_ best: Trained, pairs: Int) throws -> Trained? {
        let epochs = try command(best.pairs, [], to: folder.training("trial")).settings.epochs
        let space = SearchSpace.standard(pairs: pairs)
        let candidates = try candidates(epochs: epochs, training: best.seconds)
        guard candidates >= Self.fewestCandidates else {
            tell("no time to search for settings: \(clock(max(left, 0))) are left")
            return nil
        }
        let choices = space.choices(candidates, seed: seed)
        let halving = SuccessiveHalving(epochs: epochs, candidates: choices.count, seeds: 1)
        let standings = try halving.run(candidates: choices.count) { candidate, epochs, _ in
            let settings = choices[candidate].map { "--\($0.name)=\($0.value)" }
            let trial: JSONValue = [
                "settings": .array(settings.map { .string($0) }), "epochs": .integer(epochs),
            ]
            if let score = store.score(trial) { return score }
            let start = ContinuousClock.now
            let command = try command(best.pairs, settings, to: folder.training("trial"))
            // One whose loss became no number is the worst.
            let score = try command.trial(
                epochs: epochs, seed: command.settings.seed, in: folder.training("trial")) ?? 0
            try store.add(trial, score: score, seconds: (ContinuousClock.now - start) / .seconds(1))
            let text = choices[candidate].map { "\($0.name) \($0.value)" }.joined(separator: ", ")
            tell("\(decimal(score, 4)) after \(epochs) epochs of \(text)")
            return score
        }
        guard let first = standings.first else { return nil }
        return try train(
            "tuned", pairs: best.pairs,
            settings: choices[first.candidate].map { "--\($0.name)=\($0.value)" })
    }

    private static let fewestCandidates = 3
    private static let mostCandidates = 12

    /// How many settings there is time to try, so that the best can be trained with and the learning
    /// curve be drawn afterwards. Written down, because a pilot that goes on must try as many.
    private func candidates(epochs: Int, training: Double) throws -> Int {
        let key = Self.key("candidates")
        if let known = store.score(key) { return Int(known) }
        var found = 0
        for count in Self.fewestCandidates...Self.mostCandidates {
            let rungs = SuccessiveHalving(epochs: epochs, candidates: count, seeds: 1).rungs
            var (tried, total) = (count, 0)
            for rung in rungs {
                total += tried * rung
                tried = (tried + 1) / 2
            }
            let cost = training * (Double(total) / Double(epochs) + 1 + Self.curveShare)
            if cost <= left { found = count }
        }
        try store.add(key, score: Double(found), seconds: 0)
        return found
    }

    // Learning curve

    /// Trains as the best was, with a quarter and a half of the pairs.
    ///
    /// - Parameter pairs: how many pairs there are, of which a file with mined negatives may have several
    ///   lines each.
    /// - Returns: nothing when they are too few for it.
    func portions(of best: Trained, pairs: Int) throws -> [Portion] {
        var lines: [String] = []
        var reader = try LineReader(path: folder.pairs(best.pairs))
        while let line = try reader.next() { lines.append(line) }
        guard lines.count >= Self.fewestForCurve else { return [] }
        var random = SeededGenerator(seed: seed)
        lines.shuffle(using: &random)
        var portions: [Portion] = []
        for (name, count) in [("quarter", lines.count / 4), ("half", lines.count / 2)] {
            try DurableFile.write(lines.prefix(count).map { $0 + "\n" }.joined(), to: folder.pairs(name))
            _ = try train(name, pairs: name, settings: best.settings)
            portions.append(Portion(name: name, pairs: pairs * count / lines.count))
        }
        return portions
    }

    /// A quarter of these is more than any batch of the search.
    private static let fewestForCurve = 200

    private func tell(_ text: String) {
        if !quiet { note(text) }
    }
}
