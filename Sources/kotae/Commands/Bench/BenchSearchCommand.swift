import ArgumentParser
import BiEncoder
import JSON
import SemanticSearch
import Tensors

struct BenchSearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "The time of searches in a running process.",
        discussion: """
            Examples:
              kotae bench search faq
              kotae bench search faq --queries queries.txt --json

            Each query is embedded and searched for alone, one after the other, as a service would \
            do it for one user. The index is open, the model loaded and both warm before the clock \
            starts.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @Option(
        help: ArgumentHelp(
            "A file with one query a line (default: up to 1,000 of the index's questions).",
            valueName: "file"))
    var queries: String?

    @Option(
        name: .customShort("k"), parsing: .unconditional,
        help: ArgumentHelp("Search for this many documents.", valueName: "n"))
    var limit = 10

    @OptionGroup var encoding: EncodingOption

    @Option(name: .shortAndLong, help: "The model of the index, if it has moved.")
    var model: String?

    @Option(help: "Arithmetic of the matrix products.")
    var precision: Precision = .f32

    @OptionGroup var processors: ProcessorOptions

    @Flag(help: "One JSON object.")
    var json = false

    func validate() throws {
        if limit < 1 { throw ValidationError("-k must be at least 1, not \(limit)") }
    }

    func run() throws {
        let index = try SearchIndex(opening: directory)
        let queries = try self.queries.map(read) ?? questions(of: index)
        guard !queries.isEmpty else { throw ValidationError("there are no queries") }
        let encoder = try index.loadModel(model, precision: precision, threads: processors.threads)
        let options = SearchOptions(limit: limit)
        for query in queries.prefix(Self.warmUp) {
            _ = try index.search(query, with: encoder, options: options)
        }
        var embedding: [Double] = []
        var searching: [Double] = []
        for query in queries {
            let start = ContinuousClock.now
            let embeddings = try encoder.embed([query], as: .query)
            let middle = ContinuousClock.now
            _ = try index.search(embeddings, with: encoder, options: options)
            embedding.append((middle - start) / .milliseconds(1))
            searching.append((ContinuousClock.now - middle) / .milliseconds(1))
        }
        show(
            [
                ("embed", Durations(embedding)), ("search", Durations(searching)),
                ("both", Durations(zip(embedding, searching).map { $0 + $1 })),
            ], queries: queries.count, try index.counts().documents, encoder)
    }

    private static let warmUp = 20
    private static let mostQuestions = 1000
    private static let percentiles = [("median", 0.5), ("p95", 0.95), ("p99", 0.99)]

    private func show(
        _ steps: [(name: String, durations: Durations)], queries: Int, _ documents: Int,
        _ encoder: BiEncoder
    ) {
        if json {
            var object: JSONObject = [
                "version": .string(kotaeVersion), "documents": .integer(documents),
                "queries": .integer(queries), "limit": .integer(limit),
                "precision": .string(encoder.precision.rawValue), "threads": .integer(encoder.threads),
            ]
            for step in steps {
                object[step.name] = .object(
                    JSONObject(
                        Self.percentiles.map { name, share in
                            ("\(name)_ms", .number(step.durations.percentile(share)))
                        }))
            }
            return print(JSONValue.object(object))
        }
        print(
            "\(directory): \(grouped(documents)) documents, \(grouped(queries)) queries, "
                + "\(encoder.precision.rawValue), \(encoder.threads) threads")
        print(padded("", to: 8) + Self.percentiles.map { padded($0.0, to: 12, left: true) }.joined())
        for step in steps {
            print(
                padded(step.name, to: 8)
                    + Self.percentiles.map { _, share in
                        padded(decimal(step.durations.percentile(share), 3) + " ms", to: 12, left: true)
                    }.joined())
        }
    }

    /// Questions spread evenly over the index.
    private func questions(of index: SearchIndex) throws -> [String] {
        let step = max(1, try index.counts().documents / Self.mostQuestions)
        var questions: [String] = []
        var place = 0
        try index.forEachDocument { document in
            if place.isMultiple(of: step), questions.count < Self.mostQuestions {
                questions.append(document.question)
            }
            place += 1
        }
        return questions
    }

    private func read(_ path: String) throws -> [String] {
        var input = try TextInput(path: path, encoding: encoding)
        var texts: [String] = []
        while let text = try input.next() { if !text.isEmpty { texts.append(text) } }
        return texts
    }
}
