import ArgumentParser

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Build and keep an index of an FAQ.",
        discussion: """
            Examples:
              kotae index build faq --corpus faq.csv
              kotae index add faq --corpus new.csv
              kotae index verify faq
            """,
        subcommands: [
            IndexBuildCommand.self, IndexAddCommand.self, IndexRemoveCommand.self,
            IndexCompactCommand.self, IndexVerifyCommand.self, IndexInfoCommand.self,
            IndexListCommand.self, IndexExportCommand.self, IndexImportCommand.self,
        ])
}
