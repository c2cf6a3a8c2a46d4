import ArgumentParser
import BiEncoder
import JSON
import Records
import SemanticSearch

struct SimilarityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similarity",
        abstract: "How alike texts are: the cosine of their vectors.",
        discussion: """
            Examples:
              kotae similarity "reset my password" "I forgot my login" "opening hours"
              kotae similarity --pairs pairs.csv
              kotae similarity --pairs pairs.csv --index faq

            For texts, a matrix. For a file of pairs (JSON Lines, CSV or TSV), a score a line; the \
            texts are in the columns sentence1 and sentence2, or in text_a and text_b, query and \
            positive, question and answer. With --threshold each pair gets yes or no beside its score, and with \
            --index, whose model is used, by the threshold that kotae calibrate found for it.
            """)

    @Argument(help: "Two or more texts.")
    var texts: [String] = []

    @Option(help: ArgumentHelp(
        "A file of pairs: .jsonl, .csv or .tsv. Models with prompts take the first text for a query and the second for "
            + "a passage, as kotae evaluate does.",
        valueName: "file"))
    var pairs: String?

    @OptionGroup var encoding: EncodingOption

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The score from which a pair belongs together.", valueName: "score"))
    var threshold: Double?

    @Option(help: ArgumentHelp("An index folder whose model and threshold are used.", valueName: "dir"))
    var index: String?

    @Flag(help: "JSON: the matrix, or an object with a score a line.")
    var json = false

    @OptionGroup var model: ModelOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if pairs == nil && texts.count < 2 {
            throw ValidationError("give at least two texts, or --pairs FILE")
        }
        if pairs != nil && !texts.isEmpty {
            throw ValidationError("give texts or --pairs, not both")
        }
        if let threshold {
            if pairs == nil { throw ValidationError("--threshold is for --pairs") }
            if !threshold.isFinite { throw ValidationError("--threshold is \(threshold), expected a number") }
        }
        if index != nil {
            if pairs == nil { throw ValidationError("--index is for --pairs") }
            if model.maxLength != nil || model.prompts.choice != .automatic {
                throw ValidationError("an index has its length and its prompts; --max-length and --prompts are for a model")
            }
        }
    }

    func run() throws {
        if let pairs { try scorePairs(pairs) } else { try printMatrix() }
    }

    private func printMatrix() throws {
        let embeddings = try model.load().embed(texts)
        let matrix = texts.indices.map { row in
            texts.indices.map { cosine(embeddings[row], embeddings[$0]) }
        }
        if json {
            print(JSONValue.array(matrix.map { .array($0.map { .number($0) }) }))
            return
        }
        for (row, text) in matrix.enumerated().map({ ($1, texts[$0]) }) {
            let cells = row.map { padded(decimal($0, 3), to: 7, left: true) }
            print(cells.joined() + "  " + text)
        }
    }

    private func scorePairs(_ path: String) throws {
        var reader = try RecordReader(path: path, encoding: encoding.value)
        let (encoder, threshold) = try loadModel()
        let output = try OutputFile(path: nil)
        var progress = Progress("scored", unit: "pairs", quiet: common.quiet)
        var done = 0
        var window: [(String, String)] = []
        func flush() throws {
            // As kotae evaluate does, so that its thresholds hold here.
            let queries = try encoder.embed(window.map(\.0), as: .query)
            let passages = try encoder.embed(window.map(\.1), as: .passage)
            var bytes: [UInt8] = []
            for index in window.indices {
                let score = cosine(queries[index], passages[index])
                bytes.append(contentsOf: (line(score, threshold) + "\n").utf8)
            }
            try output.write(bytes)
            done += window.count
            window.removeAll(keepingCapacity: true)
        }
        while let record = try reader.next() {
            window.append(try pair(record, path: path))
            if window.count == TextInput.windowTexts / 2 {
                try flush()
                progress.report(done: done, fraction: nil)
            }
        }
        try flush()
        progress.finish(done: done)
    }

    /// The model, and from which cosine on a pair belongs together; nil where nothing tells.
    private func loadModel() throws -> (BiEncoder, Double?) {
        guard let index else { return (try model.load(), threshold) }
        let opened = try SearchIndex(opening: index, loadsVectors: false)
        let known = opened.manifest.calibration.flatMap { $0.ranking == .words ? nil : $0.threshold }
        guard let threshold = threshold ?? known else {
            throw IndexError(
                .invalid, index, "has no threshold of the cosine; run kotae calibrate, or give --threshold")
        }
        let encoder = try opened.loadModel(
            model.model, precision: model.precision, threads: model.processors.threads)
        return (encoder, threshold)
    }

    private func line(_ score: Double, _ threshold: Double?) -> String {
        let isSame = threshold.map { score >= $0 }
        guard json else { return "\(score)" + (isSame.map { $0 ? "\tyes" : "\tno" } ?? "") }
        var object: JSONObject = ["score": .number(score)]
        if let isSame { object["same"] = .bool(isSame) }
        return JSONValue.object(object).description
    }

    private static let columns = [
        ("sentence1", "sentence2"), ("text_a", "text_b"), ("query", "positive"),
        ("question", "answer"), ("anchor", "positive"),
    ]

    private func pair(_ record: Record, path: String) throws -> (String, String) {
        for (a, b) in Self.columns {
            if let a = record.fields[a]?.string, let b = record.fields[b]?.string { return (a, b) }
        }
        throw RecordError(
            path: path, line: record.line,
            reason: "no two texts: expected "
                + Self.columns.map { "\($0) and \($1)" }.joined(separator: ", or ")
                + "; there are: " + record.fields.keys.joined(separator: ", "))
    }
}
