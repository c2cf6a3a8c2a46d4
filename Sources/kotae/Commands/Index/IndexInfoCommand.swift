import ArgumentParser
import EmbeddingStore
import Glibc
import JSON
import SemanticSearch

struct IndexInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show what an index is.",
        discussion: "Example:\n  kotae index info faq")

    @Argument(help: "The index folder.")
    var directory: String

    @Flag(help: "One JSON object.")
    var json = false

    func run() throws {
        let index = try SearchIndex(opening: directory, loadsVectors: false)
        let manifest = index.manifest
        let counts = try index.counts()
        let data = size(of: "data.mdb")
        let vectors = size(of: "vectors.faiss")
        if json {
            guard case .object(var object) = manifest.json else { return }
            object["counts"] = [
                "documents": .integer(counts.documents), "passages": .integer(counts.passages),
                "vectors": .integer(counts.vectors), "rows": .integer(counts.rows),
                "rows_dead": .integer(counts.tombstones), "vectors_without_row": .integer(counts.pending),
            ]
            object["bytes"] = ["data.mdb": .integer(data), "vectors.faiss": .integer(vectors)]
            return print(JSONValue.object(object))
        }
        func line(_ name: String, _ value: String) { print(padded(name, to: 12) + value) }
        line("documents", "\(grouped(counts.documents)), with \(grouped(counts.passages)) texts")
        line("vectors", "\(grouped(counts.vectors)) of \(manifest.dimensions) dimensions")
        line(
            "kind",
            "\(manifest.factory), \(grouped(counts.rows)) rows, \(grouped(counts.tombstones)) of them dead; "
                + "\(grouped(counts.pending)) vectors beside it")
        line("model", "\(manifest.model.name), \(manifest.model.precision), \(manifest.model.maximumLength) tokens")
        line("", manifest.model.path)
        line("prompts", manifest.model.prompts.name)
        line("fingerprint", String(manifest.model.fingerprint.prefix(16)))
        line("answers", manifest.embedsAnswers ? "embedded" : "not embedded")
        line("ranks by", manifest.ranking.rawValue)
        line("generation", "\(manifest.generation), of \(manifest.built)")
        line("size", "\(megabytes(data)) MB data.mdb, \(megabytes(vectors)) MB vectors.faiss")
    }

    private func size(of file: String) -> Int {
        var status = stat()
        return stat("\(directory)/\(file)", &status) == 0 ? Int(status.st_size) : 0
    }

    private func megabytes(_ bytes: Int) -> String { decimal(Double(bytes) / 1e6, 1) }
}
