import ArgumentParser
import JSON
import SemanticSearch

struct LookupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Print the stored vectors of documents.",
        discussion: """
            Examples:
              kotae lookup faq billing-013
              kotae lookup faq billing-013 billing-014 --format npy --output two.npy

            One vector a document, that of its question, in the order of the ids; with --alternates \
            the alternates' vectors follow it. As JSON, each is one object a line: \
            {"id", "text", "embedding"}.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @Argument(help: "Ids of documents.")
    var ids: [String]

    @Option(help: "json (an object a line), npy (NumPy float32 matrix) or raw (float32 little-endian).")
    var format: VectorFormat = .json

    @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file.", valueName: "file"))
    var output: String?

    @Flag(help: "The alternates' vectors too.")
    var alternates = false

    func run() throws {
        let index = try SearchIndex(opening: directory, loadsVectors: false)
        let rows = try index.embeddings(of: ids).flatMap { document in
            (alternates ? document.entries[...] : document.entries.prefix(1)).map {
                (id: document.id, entry: $0)
            }
        }
        guard format == .json else {
            var writer = try VectorWriter(
                format: format, path: output, dimensions: index.manifest.dimensions,
                rows: rows.count)
            for row in rows { try writer.write(row.entry.vector) }
            return try writer.finish()
        }
        let file = try OutputFile(path: output)
        for row in rows {
            var bytes = Array(
                "{\"id\":\(JSONValue.string(row.id)),\"text\":\(JSONValue.string(row.entry.text)),\"embedding\":"
                    .utf8)
            JSONValue.append(row.entry.vector, to: &bytes)
            bytes.append(contentsOf: "}\n".utf8)
            try file.write(bytes)
        }
        try file.finish()
    }
}
