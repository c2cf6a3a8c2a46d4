import ArgumentParser
import BiEncoder
import EmbeddingStore
import Filters
import Glibc
import JSON
import SemanticSearch
import Tensors
import VectorIndex

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find the documents that answer a question.",
        discussion: """
            Examples:
              kotae search faq "how do I reset my password"
              kotae search faq -k 3 --json "refund" "broken screen"
              kotae search faq --hybrid "error E-1042" --where '{"category": "vpn"}'
              kotae search faq --like billing-013
              kotae search faq

            Without a query, on a terminal, asks for one after the other; otherwise each line of \
            standard input is a query. As JSON, each query is one object a line: \
            {"query", "confident", "hits": [{"id", "score", "question", "answer", "passage", "fields"}]}; \
            "confident" tells whether the best answer reaches the threshold that kotae calibrate found, and \
            is null without one and where another ranking was calibrated; \
            with --like, "like" has the id in place of "query"; \
            the score is the cosine, and "passage" is the text that matched best. With --lexical \
            the score is that of BM25, with --hybrid the sum of 1 / (60 + rank) over the rankings by \
            meaning and by words. --where takes Chroma's operators $eq $ne $gt $gte $lt $lte $in $nin \
            $and $or over the documents' fields. --ef-search and --nprobe are for the kind of index that \
            they name; elsewhere, as in an exact one, they change nothing.
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

    @Option(help: ArgumentHelp("Read queries from this file, one a line.", valueName: "file"))
    var queryFile: String?

    @OptionGroup var encoding: EncodingOption

    @Option(help: ArgumentHelp("Search for documents like this one, by its question.", valueName: "id"))
    var like: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Only documents whose fields are so, as JSON.", valueName: "filter"))
    var filter: String?

    @Flag(help: "By meaning alone (default, unless the index was built for another way).")
    var semantic = false

    @Flag(help: "By words (BM25) and by meaning, joined by reciprocal rank.")
    var hybrid = false

    @Flag(help: "By words alone (BM25).")
    var lexical = false

    @Flag(help: "Show how each score comes about.")
    var explain = false

    @Option(help: ArgumentHelp("How many rows of an HNSW index to follow (default: 96).", valueName: "n"))
    var efSearch: Int?

    @Option(help: ArgumentHelp("How many lists of an IVF index to search (default: an eighth, at least 16).", valueName: "n"))
    var nprobe: Int?

    @Flag(help: "One JSON object a query a line.")
    var json = false

    @Option(name: .shortAndLong, help: "The model of the index, if it has moved.")
    var model: String?

    @Option(help: "Arithmetic of the matrix products.")
    var precision: Precision = .f32

    @OptionGroup var processors: ProcessorOptions

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("-k must be at least 1, not \(limit)") }
        if minScore.isNaN { throw ValidationError("--min-score must be a number") }
        if [semantic, hybrid, lexical].count(where: \.self) > 1 {
            throw ValidationError("--semantic, --hybrid and --lexical exclude each other")
        }
        if like != nil, hybrid || lexical || !queries.isEmpty || queryFile != nil {
            throw ValidationError("--like takes no query, and searches by meaning")
        }
        if queryFile != nil, !queries.isEmpty {
            throw ValidationError("give queries as arguments or by --query-file, not both")
        }
        for (name, value) in [("--ef-search", efSearch), ("--nprobe", nprobe)] {
            if let value, value < 1 { throw ValidationError("\(name) must be at least 1, not \(value)") }
        }
    }

    func run() throws {
        // The first search by meaning opens the FAISS file; one by words does without it.
        let index = try SearchIndex(opening: directory, loadsVectors: false)
        let options = try searchOptions()
        if let like { return show(like, try index.search(like: like, options: options), by: .meaning, nil) }
        let method: RankingMethod = hybrid
            ? .meaningAndWords : lexical ? .words : semantic ? .meaning : index.manifest.ranking
        let encoder = method == .words ? nil : try index.loadModel(model, precision: precision, threads: processors.threads)
        for query in queries { try answer(query, index, encoder, method, options) }
        guard queries.isEmpty else { return }
        Arithmetic.shareProcessors()
        let asks = queryFile == nil && isatty(STDIN_FILENO) == 1
        if asks, !common.quiet {
            note("\(grouped(try index.counts().documents)) documents. Ask something; an empty line ends.")
        }
        var input = try TextInput(path: queryFile ?? "-", encoding: encoding)
        while true {
            if asks { noteInPlace("? ") }
            guard let query = try input.next(), !asks || !query.isEmpty else { return }
            try answer(query, index, encoder, method, options)
        }
    }

    private func searchOptions() throws -> SearchOptions {
        var options = SearchOptions(limit: limit, minimumScore: minScore)
        options.filter = try filter.map { text in
            do throws(FilterError) { return try FieldFilter(parsing: text) } catch {
                throw ValidationError("--where: \(error)")
            }
        }
        options.effort = SearchEffort(efSearch: efSearch, nprobe: nprobe)
        return options
    }

    private func answer(
        _ query: String, _ index: SearchIndex, _ encoder: BiEncoder?, _ method: RankingMethod,
        _ options: SearchOptions
    ) throws {
        func show(_ hits: [Hit]) {
            self.show(query, hits, by: method, index.manifest.calibration?.isConfident(hits, by: method))
        }
        guard let encoder else { return show(try index.search(words: query, options: options)) }
        let embeddings = try encoder.embed([query], as: .query)
        if embeddings.cut[0] > 0, !common.quiet {
            note(
                "the query is longer than \(encoder.maximumLength) tokens: "
                    + "\(grouped(embeddings.cut[0])) were cut")
        }
        show(
            method == .meaningAndWords
                ? try index.search(wordsAndMeaning: query, embeddings, with: encoder, options: options)
                : try index.search(embeddings, with: encoder, options: options))
    }

    private func show(_ query: String, _ hits: [Hit], by method: RankingMethod, _ isConfident: Bool?) {
        if json { printJSON(query, hits, isConfident) } else { printText(query, hits, by: method, isConfident) }
        // Whoever reads through a pipe gets each answer at once.
        fflush(nil)
    }

    private func printJSON(_ query: String, _ hits: [Hit], _ isConfident: Bool?) {
        let objects = hits.map { JSONValue.object($0.json(explained: explain)) }
        let name = like == nil ? "query" : "like"
        print(
            JSONValue.object([
                name: .string(query), "confident": isConfident.map { .bool($0) } ?? .null,
                "hits": .array(objects),
            ]))
    }

    private func printText(_ query: String, _ hits: [Hit], by method: RankingMethod, _ isConfident: Bool?) {
        if queries.count > 1 { print("? \(query)") }
        if hits.isEmpty { print("nothing found") }
        if isConfident == false, !hits.isEmpty { print("no confident answer; the nearest entries are:") }
        for (rank, hit) in hits.enumerated() {
            print(
                padded("\(rank + 1)", to: 3, left: true) + "  " + decimal(Double(hit.score), method == .meaningAndWords ? 4 : 3)
                    + "  \(hit.document.id)  \(oneLine(hit.document.question))")
            if !hit.passage.utf8.elementsEqual(hit.document.question.utf8) {
                print("             as: \(oneLine(hit.passage))")
            }
            if explain { print("             \(hit.explained.text)") }
            if let answer = hit.document.answer, rank == 0, isConfident != false { print(wrapped(answer, indent: 13)) }
        }
        if queries.count != 1, like == nil { print() }
    }
}

extension HitExplanation {
    /// "meaning 0.812 (1st) · words 7.42 (3rd): reset 4.1, password 3.3"
    fileprivate var text: String {
        func place(_ rank: Int?) -> String { rank.map { " (no. \($0))" } ?? "" }
        var parts: [String] = []
        if let cosine { parts.append("meaning \(decimal(Double(cosine), 3))\(place(cosineRank))") }
        if let bm25 {
            let words = words.map { "\($0.term) \(decimal($0.score, 2))" }.joined(separator: ", ")
            parts.append("words \(decimal(bm25, 2))\(place(bm25Rank))" + (words.isEmpty ? "" : ": \(words)"))
        }
        return parts.joined(separator: " · ")
    }
}
