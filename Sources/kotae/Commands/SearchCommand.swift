import ArgumentParser
import BiEncoder
import Glibc
import JSON
import SemanticSearch
import Tensors

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find the documents that answer a question.",
        discussion: """
            Examples:
              kotae search faq "how do I reset my password"
              kotae search faq -k 3 --json "refund" "broken screen"
              kotae search faq

            Without a query, on a terminal, asks for one after the other; otherwise each line of \
            standard input is a query. As JSON, each query is one object a line: \
            {"query", "hits": [{"id", "score", "question", "answer", "passage", "fields"}]}; \
            the score is the cosine, and "passage" is the text that matched best.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @Argument(help: "Queries; each argument is one.")
    var queries: [String] = []

    @Option(
        name: .customShort("k"), parsing: .unconditional,
        help: ArgumentHelp("Show at most this many documents.", valueName: "n"))
    var limit = 10

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Leave out documents with a lower score.", valueName: "score"))
    var minScore: Float = -1

    @Flag(help: "One JSON object a query a line.")
    var json = false

    @Option(name: .shortAndLong, help: "The model of the index, if it has moved.")
    var model: String?

    @Option(help: "Arithmetic of the matrix products.")
    var precision: Precision = .f32

    @Option(help: ArgumentHelp("Use at most this many processors (default: all).", valueName: "n"))
    var threads: Int?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("-k must be at least 1, not \(limit)") }
        if minScore.isNaN { throw ValidationError("--min-score must be a number") }
        if let threads, threads < 1 {
            throw ValidationError("--threads must be at least 1, not \(threads)")
        }
    }

    func run() throws {
        let index = try SearchIndex(opening: directory)
        let encoder = try loadModel(for: index)
        for query in queries { try answer(query, index, encoder) }
        guard queries.isEmpty else { return }
        let asks = isatty(STDIN_FILENO) == 1
        if asks, !common.quiet {
            note("\(grouped(index.manifest.documents)) documents. Ask something; an empty line ends.")
        }
        var input = try TextInput(path: "-", field: nil)
        while true {
            if asks { noteInPlace("? ") }
            guard let query = try input.next(), !asks || !query.isEmpty else { return }
            try answer(query, index, encoder)
        }
    }

    private func loadModel(for index: SearchIndex) throws -> BiEncoder {
        let known = index.manifest.model
        let folder: String
        do {
            folder = try model.map { try ModelLibrary().folder(of: $0) }
                ?? ModelLibrary().folder(of: known.path)
        } catch where model == nil {
            // The folder may have moved with the library it is in.
            folder = try ModelLibrary().folder(of: known.name)
        }
        let encoder = try BiEncoder(
            modelAt: folder, precision: precision, threads: threads,
            maximumLength: known.maximumLength)
        try index.check(encoder)
        return encoder
    }

    private func answer(_ query: String, _ index: SearchIndex, _ encoder: BiEncoder) throws {
        let embeddings = try encoder.embed([query], as: .query)
        if embeddings.cut[0] > 0, !common.quiet {
            note(
                "the query is longer than \(encoder.maximumLength) tokens: "
                    + "\(grouped(embeddings.cut[0])) were cut")
        }
        let hits = try index.search(
            embeddings, limit: limit, minimumScore: minScore, with: encoder)
        if json { printJSON(query, hits) } else { printText(query, hits) }
        // Whoever reads through a pipe gets each answer at once.
        fflush(nil)
    }

    private func printJSON(_ query: String, _ hits: [Hit]) {
        let objects = hits.map { hit -> JSONValue in
            [
                "id": .string(hit.document.id),
                "score": .number(rounded(Double(hit.score))),
                "question": .string(hit.document.question),
                "answer": hit.document.answer.map { .string($0) } ?? .null,
                "passage": .string(hit.passage),
                "fields": .object(hit.document.fields),
            ]
        }
        print(JSONValue.object(["query": .string(query), "hits": .array(objects)]))
    }

    private func printText(_ query: String, _ hits: [Hit]) {
        if queries.count > 1 { print("? \(query)") }
        if hits.isEmpty { print("nothing found") }
        for (rank, hit) in hits.enumerated() {
            print(
                padded("\(rank + 1)", to: 3, left: true) + "  " + decimal(Double(hit.score), 3)
                    + "  \(hit.document.id)  \(oneLine(hit.document.question))")
            if !hit.passage.utf8.elementsEqual(hit.document.question.utf8) {
                print("             as: \(oneLine(hit.passage))")
            }
            if let answer = hit.document.answer, rank == 0 { print(wrapped(answer, indent: 13)) }
        }
        if queries.count != 1 { print() }
    }
}

/// Text with a space in place of each run of spaces and line breaks.
private func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

/// Text in lines of at most 79 characters, indented.
private func wrapped(_ text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
        if !line.isEmpty, indent + line.count + 1 + word.count > 79 {
            lines.append(margin + line)
            line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(margin + line) }
    return lines.joined(separator: "\n")
}
