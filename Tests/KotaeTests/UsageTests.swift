import Testing

/// Help, completion and wrong usage.
@Suite struct UsageTests {
    static let commands = [
        [], ["search"], ["lookup"], ["embed"], ["tokenize"], ["similarity"], ["serve"], ["train"], ["mine"], ["tune"],
        ["evaluate"], ["compare"], ["calibrate"], ["pilot"],
        ["index"], ["index", "build"], ["index", "add"], ["index", "remove"], ["index", "compact"], ["index", "verify"],
        ["index", "info"], ["index", "list"], ["index", "export"], ["index", "import"],
        ["model"], ["model", "info"], ["model", "list"], ["model", "pull"],
        ["bench"], ["bench", "encode"], ["bench", "tokenize"], ["bench", "search"], ["bench", "store"],
        ["bench", "index"], ["bench", "evaluate"],
    ]

    @Test(arguments: commands)
    func `every command has help with an example`(command: [String]) throws {
        try withWorkplace { place in
            let outcome = try place.run(command + ["--help"])
            #expect(outcome.status == 0)
            #expect(outcome.error == "")
            let name = (["kotae"] + command).joined(separator: " ")
            #expect(outcome.lines.contains { $0 == "  \(name)" || $0.hasPrefix("  \(name) ") })
            #expect(outcome.lines.contains { $0.hasPrefix("USAGE: \(name)") })
        }
    }

    @Test(arguments: commands)
    func `every command's help lists its subcommands, all of which stand above`(command: [String]) throws {
        try withWorkplace { place in
            let listed = try place.run(command + ["--help"]).lines.drop { $0 != "SUBCOMMANDS:" }
                .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  See ") }
                .compactMap { $0.split(separator: " ").first.map(String.init) }
            let below = Self.commands.filter { $0.count == command.count + 1 && $0.starts(with: command) }
            #expect(Set(listed) == Set(below.compactMap(\.last)))
        }
    }

    @Test func `the version is three numbers`() throws {
        try withWorkplace { place in
            let version = try place.succeed("--version").text
            let parts = version.dropLast().split(separator: ".", omittingEmptySubsequences: false)
            #expect(version.last == "\n")
            #expect(parts.compactMap { Int($0) }.count == 3 && parts.count == 3)
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `a completion script knows the commands`(shell: String) throws {
        try withWorkplace { place in
            let script = try place.succeed("--generate-completion-script", shell).text
            for word in ["kotae", "search", "lookup", "similarity", "corpus", "min-score"] {
                #expect(script.contains(word))
            }
        }
    }

    @Test(arguments: [
        (["search", "faq", "-k", "0", "x"], "-k must be at least 1"),
        (["search", "faq", "-k", "-1", "x"], "-k must be at least 1"),
        (["search", "faq", "-k", "many", "x"], "many"),
        (["search", "faq", "--threads", "0", "x"], "--threads must be at least 1"),
        (["search", "faq", "--min-score", "nan", "x"], "--min-score must be a number"),
        (["search", "faq", "--nearest", "x"], "--nearest"),
        (["search"], "<directory>"),
        (["lookup", "faq"], "<ids>"),
        (["index", "build", "faq"], "--corpus"),
        (["index", "build", "faq", "--corpus", "c.jsonl", "--format", "xml"], "xml"),
        (["index", "build", "faq", "--corpus", "c.jsonl", "--max-length", "1"], "--max-length must be"),
        (["embed"], "nothing to read"),
        (["embed", "a", "--input", "a.txt"], "not both"),
        (["embed", "a", "--field", "text"], "--input"),
        (["embed", "a", "--max-length", "1"], "--max-length must be at least 2"),
        (["embed", "a", "--threads", "0"], "--threads must be at least 1"),
        (["embed", "a", "--batch-tokens", "0"], "--batch-tokens must be at least 1"),
        (["embed", "a", "--precision", "f8"], "f8"),
        (["embed", "a", "--format", "hdf5"], "hdf5"),
        (["embed", "a", "--as", "poem"], "poem"),
        (["tokenize"], "nothing to read"),
        (["tokenize", "a", "--max-length", "1"], "--max-length must be at least 2"),
        (["similarity", "alone"], "at least two texts"),
        (["similarity", "a", "b", "--pairs", "p.csv"], "not both"),
        (["bench", "encode", "--repeat", "0"], "--repeat must be at least 1"),
        (["bench", "tokenize", "--max-length", "1"], "--max-length must be at least 2"),
        (["bench", "encode", "--batch-tokens", "0"], "--batch-tokens must be at least 1"),
        (["bench", "encode", "--threads", "0"], "--threads must be at least 1"),
        (["bench", "encode", "--max-length", "1"], "--max-length must be at least 2"),
        (["model", "pull"], "name"),
        (["model", "pull", "a/b/c"], "is no model's name"),
        (["find", "x"], "find"),
    ])
    func `wrong usage is told and ends with 64`(arguments: [String], message: String) throws {
        try withWorkplace { place in
            try place.refuse(arguments, status: 64, saying: [message, "Usage: kotae"])
        }
    }
}
