import ArgumentParser

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Build an index of an FAQ file.",
        discussion: "Example:\n  kotae index build faq --corpus faq.csv",
        subcommands: [IndexBuildCommand.self])
}
