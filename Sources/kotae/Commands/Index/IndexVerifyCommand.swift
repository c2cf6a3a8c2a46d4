import ArgumentParser
import Glibc
import JSON
import SemanticSearch

struct IndexVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that an index is whole.",
        discussion: """
            Examples:
              kotae index verify faq
              kotae index verify faq --full
              kotae index verify faq --repair

            Checks every record and vector, that the tables and the FAISS file agree, and that \
            searches for stored vectors find them. Ends with status 1 when something is wrong. What is \
            wrong with the FAISS file or index.json, --repair makes good; what data.mdb has lost, a copy of \
            it or a new build.

            LMDB trusts its own pages, and damaged ones can end the process that reads them. So the \
            check runs in a process of its own, and is told of when it ends that way.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @Flag(
        help: """
            Read every page of data.mdb, also those that hold no record, and search for every stored \
            vector, rather than for 10,000 at most.
            """)
    var full = false

    @Flag(help: "Make the FAISS file and index.json anew from the store first.")
    var repair = false

    @Flag(help: "One JSON object: {\"sound\", \"problems\", \"documents\", \"passages\", \"vectors\", \"self_retrieval\"}; null is what damage hides.")
    var json = false

    /// How the command calls itself.
    @Flag(help: .hidden)
    var inThisProcess = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        if inThisProcess { return try verify() }
        let flags = [(full, "--full"), (repair, "--repair"), (json, "--json"), (common.quiet, "--quiet")]
        let child = try ChildProcess(
            ["index", "verify", "--in-this-process"] + flags.filter(\.0).map(\.1) + ["--", directory])
        switch try child.wait() {
        case .exit(let status): throw ExitCode(status)
        case .signal(let number, let name, isCrash: false):
            throw IndexError(.system, directory, "the check was ended by signal \(number) (\(name))")
        case .signal(let number, let name, isCrash: true):
            let problem =
                "\(directory)/data.mdb: reading it ended the process by signal \(number) (\(name)): its pages "
                + "are damaged; build the index again, or put a copy in its place"
            try report(IndexVerification(problems: [problem]))
        }
    }

    private func verify() throws {
        ChildProcess.leavesNoCore()
        if repair { try SearchIndex.repair(at: directory) }
        try report(SearchIndex(opening: directory, loadsVectors: false).verify(full: full))
    }

    private func report(_ found: IndexVerification) throws {
        if json {
            print(
                [
                    "sound": .bool(found.isSound),
                    "problems": .array(found.problems.map { .string($0) }),
                    "documents": found.documents.map { .integer($0) } ?? .null,
                    "passages": found.passages.map { .integer($0) } ?? .null,
                    "vectors": found.vectors.map { .integer($0) } ?? .null,
                    "self_retrieval": found.selfRetrieval.map { .number($0) } ?? .null,
                ] as JSONValue)
        } else {
            for problem in found.problems { print(problem) }
        }
        guard found.isSound else { throw ExitCode.failure }
        if !json, !common.quiet {
            print(
                "\(directory) is whole: \(grouped(found.documents ?? 0)) documents, "
                    + "\(grouped(found.passages ?? 0)) texts, \(grouped(found.vectors ?? 0)) vectors; "
                    + "\(decimal((found.selfRetrieval ?? 1) * 100, 2)) % of the vectors tried find themselves")
        }
    }
}
