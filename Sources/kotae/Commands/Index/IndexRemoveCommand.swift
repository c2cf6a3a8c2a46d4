import ArgumentParser
import Records
import SemanticSearch

struct IndexRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove documents from an index.",
        discussion: """
            Examples:
              kotae index remove faq billing-013 billing-014
              kotae index remove faq --ids gone.txt

            When an id is unknown nothing is removed, and all unknown ones are listed.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @Argument(help: "Ids of documents.")
    var ids: [String] = []

    @Option(
        name: .customLong("ids"), help: ArgumentHelp("A file with an id a line, or - for standard input.", valueName: "file"))
    var idFile: String?

    @OptionGroup var encoding: EncodingOption

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if ids.isEmpty, idFile == nil { throw ValidationError("give ids, or --ids with a file of them") }
    }

    func run() throws {
        var ids = ids
        if let idFile {
            var input = try TextInput(path: idFile, encoding: encoding)
            while let id = try input.next() { if !id.isEmpty { ids.append(id) } }
        }
        try SearchIndex(opening: directory, writable: true, loadsVectors: false).remove(ids: ids)
        // How many are gone, not how often they were named.
        let count = Set(ids).count
        if !common.quiet { note("\(directory): \(grouped(count)) \(count == 1 ? "document" : "documents") removed") }
    }
}
