import ArgumentParser

/// How many processors a command may use.
struct ProcessorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Use at most this many processors (default: all).", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 {
            throw ValidationError("--threads must be at least 1, not \(threads)")
        }
    }
}
