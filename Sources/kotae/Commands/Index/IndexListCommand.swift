import ArgumentParser
import JSON
import SemanticSearch

struct IndexListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the documents of an index: id and question.",
        discussion: "Examples:\n  kotae index list faq\n  kotae index list faq --json")

    @Argument(help: "The index folder.")
    var directory: String

    @Flag(help: "One JSON object a document a line: {\"id\", \"question\"}.")
    var json = false

    func run() throws {
        try SearchIndex(opening: directory, loadsVectors: false).forEachDocument { document in
            if json {
                print(["id": .string(document.id), "question": .string(document.question)] as JSONValue)
            } else {
                print("\(document.id)\t\(oneLine(document.question))")
            }
        }
    }
}
