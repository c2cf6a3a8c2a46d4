import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast Kotae is on this machine.",
        discussion: "Example:\n  kotae bench encode",
        subcommands: [BenchEncodeCommand.self])
}
