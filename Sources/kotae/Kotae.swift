import ArgumentParser
@preconcurrency import Glibc

@main
struct Kotae: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kotae",
        abstract: "Semantic search for FAQs and help desks: embed, index, search, train.",
        discussion: """
            Build an index of an FAQ file and ask it something:
              kotae index build faq --corpus faq.csv
              kotae search faq "how do I reset my password"

            Results go to standard output, progress and notes to standard error. The exit status is \
            0 for success, 64 for wrong usage and 1 for everything else.
            """,
        version: kotaeVersion,
        subcommands: [
            SearchCommand.self, LookupCommand.self, IndexCommand.self, ServeCommand.self, TrainCommand.self,
            MineCommand.self, TuneCommand.self, EvaluateCommand.self, CompareCommand.self,
            CalibrateCommand.self, PilotCommand.self, EmbedCommand.self, TokenizeCommand.self,
            SimilarityCommand.self, ModelCommand.self, BenchCommand.self,
        ])

    /// Ends with status 1 when something of the results could not be written, as on a full disk.
    private static func checkOutput() {
        if fflush(stdout) == 0, ferror(stdout) == 0 { return }
        note("Error: standard output: the results could not be written whole")
        Glibc.exit(1)
    }

    static func main() {
        BriefWaits.begin()
        // A limit on the size of files is an error to tell of, like a full disk, and not the end.
        signal(SIGXFSZ, SIG_IGN)
        main(nil)
        checkOutput()
    }
}
