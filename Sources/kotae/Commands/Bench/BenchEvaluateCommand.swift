import ArgumentParser
import Evaluation
import JSON

struct BenchEvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "How fast a run is read and judged by all metrics.",
        discussion: """
            Example:
              kotae bench evaluate --run bm25.run --qrels qrels.tsv

            The best of several rounds counts.
            """)

    @Option(name: .customLong("run"), help: ArgumentHelp("A run in TREC's format.", valueName: "file"))
    var runFile: String

    @Option(help: ArgumentHelp("Judgements, as TREC or BEIR write them.", valueName: "file"))
    var qrels: String

    @OptionGroup var metrics: MetricOptions

    @Option(help: ArgumentHelp("How many rounds to take the best of.", valueName: "n"))
    var `repeat` = 5

    @Flag(help: "One JSON object.")
    var json = false

    func validate() throws {
        try metrics.check(isOfPairs: false)
        if `repeat` < 1 { throw ValidationError("--repeat must be at least 1, not \(`repeat`)") }
    }

    func run() throws {
        var run: Run?
        var judgements: Qrels?
        let reading = try milliseconds {
            run = try Run(contentsOf: runFile)
            judgements = try Qrels(contentsOf: qrels)
        }
        guard let run, let judgements else { return }
        var means: [Double] = []
        let rounds = try (0..<`repeat`).map { _ in
            try milliseconds { means = try metrics.evaluation(of: run, by: judgements).means }
        }
        let judging = Durations(rounds).least
        let names = try metrics.metrics
        if json {
            return print(
                [
                    "queries": .integer(judgements.queries.count), "results": .integer(run.count),
                    "read_ms": .number(reading), "judge_ms": .number(judging),
                    "metrics": RankingReport.object(names, means),
                ] as JSONValue)
        }
        print("\(grouped(judgements.queries.count)) queries, \(grouped(run.count)) results")
        print(padded("read and sorted", to: 24) + padded(decimal(reading, 0), to: 8, left: true) + " ms")
        print(
            padded("\(names.count) metrics", to: 24) + padded(decimal(judging, 1), to: 8, left: true) + " ms")
    }
}
