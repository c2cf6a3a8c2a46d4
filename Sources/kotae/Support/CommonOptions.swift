import ArgumentParser

/// Shared by every command that can take a while.
struct CommonOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "No progress and no notes on standard error.")
    var quiet = false
}
