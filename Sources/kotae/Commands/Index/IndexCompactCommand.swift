import ArgumentParser
import SemanticSearch

struct IndexCompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Make the FAISS file of an index anew, and drop what no document uses.",
        discussion: """
            Examples:
              kotae index compact faq
              kotae index compact faq --factory HNSW32

            Worth it after many additions and removals; searches go on meanwhile.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @Option(
        help: ArgumentHelp(
            "Change FAISS's kind of index, such as Flat, HNSW32, IVF1024,Flat or IVF1024,PQ48.",
            valueName: "kind"))
    var factory: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let index = try SearchIndex(opening: directory, writable: true, loadsVectors: false)
        let manifest = try index.compact(factory: factory)
        guard !common.quiet else { return }
        note(
            "\(directory): \(grouped(manifest.vectors)) vectors in generation \(manifest.generation), "
                + "kind \(manifest.factory)")
    }
}
