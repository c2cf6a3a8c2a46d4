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
            searches for stored vectors find them. Ends with status 1 when something is wrong.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @Flag(help: "Search for every stored vector, rather than for 10,000 at most.")
    var full = false

    @Flag(help: "Make the FAISS file and index.json anew from the store first.")
    var repair = false

    @Flag(help: "One JSON object: {\"sound\", \"problems\", \"documents\", \"passages\", \"vectors\", \"self_retrieval\"}.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        if repair { try SearchIndex.repair(at: directory) }
        let found = try SearchIndex(opening: directory).verify(full: full)
        if json {
            print(
                [
                    "sound": .bool(found.isSound),
                    "problems": .array(found.problems.map { .string($0) }),
                    "documents": .integer(found.documents),
                    "passages": .integer(found.passages),
                    "vectors": .integer(found.vectors),
                    "self_retrieval": .number(found.selfRetrieval),
                ] as JSONValue)
        } else {
            for problem in found.problems { print(problem) }
        }
        guard found.isSound else { throw ExitCode.failure }
        if !json, !common.quiet {
            print(
                "\(directory) is whole: \(grouped(found.documents)) documents, "
                    + "\(grouped(found.passages)) texts, \(grouped(found.vectors)) vectors; "
                    + "\(decimal(found.selfRetrieval * 100, 2)) % of the vectors tried find themselves")
        }
    }
}
