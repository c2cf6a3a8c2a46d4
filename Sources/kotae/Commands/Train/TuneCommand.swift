import ArgumentParser
import Contrastive
import Files
import Glibc
import JSON

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Find good settings for kotae train on your pairs.",
        discussion: """
            Examples:
              kotae tune --to search --minutes 60 --pairs pairs.jsonl --corpus faq.jsonl
              kotae tune --to search --space space.yaml --pairs pairs.jsonl --corpus faq.jsonl
              kotae train --config search/best.yaml --to my-model

            Takes every option of kotae train, --config too, which holds for each trial. Many settings are \
            tried briefly, the better half longer, and the last ones with several seeds, judged by \
            development pairs alone. A space is YAML with a list of values an option, such as \
            "rate: [2e-5, 5e-5]" or "learn-temperature: [true, false]". Settings whose loss is no number at \
            some step are out. Run it again with the same options to go on where it stopped.
            """)

    @Option(help: ArgumentHelp("The folder for trials and the best configuration.", valueName: "dir"))
    var to: String

    @Option(help: ArgumentHelp("A YAML file with the values to try (default: rates, temperatures, policies and sizes).", valueName: "file"))
    var space: String?

    @Option(help: ArgumentHelp("Start no trial after so many minutes of trials.", valueName: "n"))
    var minutes = 30.0

    @Option(help: ArgumentHelp("How many settings are tried.", valueName: "n"))
    var trials = 12

    @Option(help: ArgumentHelp("With how many seeds the last ones are tried.", valueName: "n"))
    var seeds = 3

    @Flag(help: "One JSON object a line for each setting, the best first.")
    var json = false

    @Argument(parsing: .allUnrecognized, help: "Options of kotae train.")
    var options: [String] = []

    func validate() throws {
        if !(minutes > 0) { throw ValidationError("--minutes must be above 0, not \(minutes)") }
        if trials < 1 { throw ValidationError("--trials must be at least 1, not \(trials)") }
        if seeds < 1 { throw ValidationError("--seeds must be at least 1, not \(seeds)") }
    }

    func run() throws {
        let options = try ConfigurationFile.merged(options)
        let space = try self.space.map { try ConfigurationFile($0).space }
            ?? SearchSpace.standard(pairs: command(options, []).identity().count)
        let choices = space.choices(trials, seed: 1)
        // Every setting is checked before the first trial starts.
        let commands = try choices.map { try command(options, $0) }
        guard let first = commands.first else { throw ValidationError("the space has no settings") }
        let (identity, count) = try first.identity()
        for (name, values) in space.options where name == "batch-size" {
            if let large = values.first(where: { Int($0) ?? 0 > count }) {
                throw TrainingError("--batch-size", "is \(large) in the space, more than the \(count) training pairs")
            }
        }
        if mkdir(to, 0o777) != 0, errno != EEXIST { throw FileError(to) }
        let store = try TrialStore(to + "/trials.jsonl", identity: [
            "data": identity, "options": .array(options.map(JSONValue.string)),
        ])
        let halving = SuccessiveHalving(
            epochs: first.optimizer.epochs, candidates: choices.count, seeds: seeds)
        let standings = try halving.run(candidates: choices.count) { candidate, epochs, seed in
            let trial = Self.trial(choices[candidate], epochs, seed)
            if let score = store.score(trial) { return score }
            guard store.seconds < minutes * 60 else { return nil }
            let start = ContinuousClock.now
            let score = try commands[candidate].trial(
                epochs: epochs, seed: UInt64(seed + 1), in: to + "/trial") ?? Self.failed
            try store.add(trial, score: score, seconds: (ContinuousClock.now - start) / .seconds(1))
            if !first.common.quiet {
                note(
                    "\(clock(store.seconds)) of \(clock(minutes * 60)): "
                        + (score == Self.failed ? "the loss became no number in" : "\(decimal(score, 4)) after")
                        + " \(epochs) epochs, \(Self.text(choices[candidate]))")
            }
            return score
        }
        guard let best = standings.first else {
            throw TrainingError("--minutes", "the time is up before the first trial; give more")
        }
        guard best.mean > Self.failed else {
            throw TrainingError("", "the loss became no number with every setting; a lower --rate may help")
        }
        try DurableFile.write(
            commands[best.candidate].configuration(), to: to + "/best.yaml")
        show(standings, choices)
    }

    /// The training of one setting.
    private func command(_ options: [String], _ choice: SearchSpace.Choice) throws -> TrainCommand {
        let chosen = Set(choice.map { "--\($0.name)" })
        let clash = options.first { chosen.contains(String($0.prefix { $0 != "=" })) }
        if let clash { throw ValidationError("\(clash) is in the space already; take it out of one") }
        return try TrainCommand.parse(
            options + choice.compactMap { ConfigurationFile.argument($0.name, $0.value) } + ["--to", to + "/trial"])
    }

    /// The score of a trial whose loss became no number: below every metric.
    private static let failed = -2.0

    private static func trial(_ choice: SearchSpace.Choice, _ epochs: Int, _ seed: Int) -> JSONValue {
        var members = choice.map { (key: $0.name, value: JSONValue.string($0.value)) }
        members += [("epochs", .integer(epochs)), ("seed", .integer(seed + 1))]
        return .object(JSONObject(members))
    }

    private static func text(_ choice: SearchSpace.Choice) -> String {
        choice.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    }

    private func show(_ standings: [SuccessiveHalving.Standing], _ choices: [SearchSpace.Choice]) {
        for standing in standings where json {
            var members = choices[standing.candidate].map { (key: $0.name, value: JSONValue.string($0.value)) }
            members += [
                ("epochs", .integer(standing.epochs)), ("mean", .number(standing.mean)),
                ("spread", .number(standing.spread)), ("seeds", .integer(standing.scores.count)),
            ]
            print(JSONValue.object(JSONObject(members)))
        }
        guard !json else { return }
        print("  mean  spread  seeds  epochs  settings")
        for standing in standings {
            print(
                decimal(standing.mean, 4) + padded(decimal(standing.spread, 4), to: 8, left: true)
                    + padded("\(standing.scores.count)", to: 7, left: true)
                    + padded("\(standing.epochs)", to: 8, left: true)
                    + "  " + Self.text(choices[standing.candidate]))
        }
        print("kotae train --config \(to)/best.yaml --to MODEL trains with the first")
    }
}
