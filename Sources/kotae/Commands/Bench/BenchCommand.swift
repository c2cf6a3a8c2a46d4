import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast Kotae is on this machine.",
        discussion: """
            Examples:
              kotae bench encode
              kotae bench search faq
              kotae bench store faq
            """,
        subcommands: [
            BenchEncodeCommand.self, BenchTokenizeCommand.self, BenchSearchCommand.self,
            BenchStoreCommand.self, BenchIndexCommand.self, BenchEvaluateCommand.self,
        ])
}
