import ArgumentParser
import BiEncoder
import Contrastive
import EmbeddingStore
import Evaluation
import JSON
import Records
import SemanticSearch

extension PairTask: ExpressibleByArgument {}

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "How good a search, a model or anyone's run is on questions whose answers are known.",
        discussion: """
            Examples:
              kotae evaluate faq --pairs held-out.jsonl
              kotae evaluate --model my-model --pairs held-out.jsonl --corpus faq.jsonl
              kotae evaluate --beir scifact --split test --json
              kotae evaluate --run bm25.run --qrels qrels.tsv --metric MAP --metric nDCG@10
              kotae evaluate --model my-model --pairs sts.csv --task regression
              kotae evaluate --feedback said/faq.jsonl

            An index is searched as users search it (by meaning, by words or by both, as it was built; its first \
            ten documents are those of a search for ten), and beside that exactly and in the other ways. \
            Documents of equal scores are ranked by their ids, descending, as trec_eval does. Queries whose \
            answers were not found count 0; those without relevant documents are left out and counted. Pairs \
            with labels 0 and 1 and no corpus are classified, those with graded scores correlated. --feedback \
            tells how often users of kotae serve were helped, before and after each change of model.
            """)

    @Argument(help: "The index folder; none to evaluate a model.")
    var directory: String?

    @OptionGroup var data: EvaluationDataOptions

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("A run in TREC's format, to be judged by --qrels.", valueName: "file"))
    var runFile: String?

    @Option(help: ArgumentHelp("What users said, as kotae serve --feedback keeps it; may be repeated.", valueName: "file"))
    var feedback: [String] = []

    @Option(help: "ranking, classification or regression (default: what the pairs tell).")
    var task: PairTask?

    @Option(help: ArgumentHelp("Pairs to find a classification's threshold with (default: the pairs themselves).", valueName: "file"))
    var dev: String?

    @Option(help: ArgumentHelp(
        "How many documents are ranked for each query; by both, the first 100 of either ranking are.", valueName: "n"))
    var depth = 1000

    @OptionGroup var metrics: MetricOptions

    @Option(help: ArgumentHelp("Write each query's metrics, an object a line.", valueName: "file"))
    var perQuery: String?

    @Option(help: ArgumentHelp("Write what was found, in TREC's format.", valueName: "file"))
    var runOut: String?

    @Option(help: ArgumentHelp("Write the judgements, in TREC's format.", valueName: "file"))
    var qrelsOut: String?

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var model: ModelOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try metrics.check(isOfPairs: task.map { $0 != .ranking } ?? !data.pairs.isEmpty)
        if !feedback.isEmpty {
            if data.isGiven || directory != nil || runFile != nil || model.model != nil {
                throw ValidationError("--feedback is evaluated by itself, without an index, a model, a run or pairs")
            }
            return
        }
        try data.check(needsQueries: runFile == nil)
        if depth < 1 { throw ValidationError("--depth must be at least 1, not \(depth)") }
        if runFile == nil { try metrics.check(depth: depth) }
        if runFile != nil {
            if data.qrels == nil { throw ValidationError("--run needs --qrels") }
            if directory != nil || model.model != nil || !data.corpus.isEmpty || task != nil || dev != nil {
                throw ValidationError("a run is judged without an index, a model, a corpus, --task and --dev")
            }
        }
        if directory != nil, !data.corpus.isEmpty {
            throw ValidationError("an index has its documents; --corpus is for a model")
        }
    }

    func run() throws {
        if !feedback.isEmpty {
            let report = FeedbackReport(
                feedback: try Feedback(contentsOf: feedback), confidence: metrics.confidence)
            return print(json ? report.json.description : report.text)
        }
        // Files that cannot be made are told before anything is searched and written.
        for path in [runOut, qrelsOut, perQuery].compactMap(\.self) { _ = try OutputFile(path: path) }
        if let runFile { return try judge(runFile) }
        let task = try task ?? fittingTask()
        guard task == .ranking else { return try scorePairs(task) }
        if dev != nil {
            throw ValidationError("--dev finds a classification's threshold, and this is a ranking; see --task")
        }
        try rank()
    }

    private func fittingTask() throws -> PairTask {
        guard !data.pairs.isEmpty else { return .ranking }
        return try data.reader(data.pairs).task(isSearched: directory != nil || !data.corpus.isEmpty)
    }

    // Anyone's run

    private func judge(_ path: String) throws {
        guard let qrelsPath = data.qrels else { return }
        let qrels = try Qrels(contentsOf: qrelsPath)
        let run = try Run(contentsOf: path)
        guard qrels.queries.contains(where: { run.results(of: $0) != nil }) else {
            throw EvaluationError("\(path) has none of the queries of \(qrelsPath)")
        }
        var texts = RankingQueries(ids: qrels.queries, texts: qrels.queries, qrels: qrels)
        if let queries = data.queries {
            let (ids, found) = try readQueries(at: queries, encoding: data.encoding.value)
            let judged = Set(qrels.queries.map { Array($0.utf8) })
            texts = RankingQueries(
                ids: ids, texts: found, qrels: qrels, unjudged: ids.count { !judged.contains(Array($0.utf8)) })
        }
        try report([(path, run)], texts, learned: nil, documents: nil)
    }

    // An index or a model

    private func rank() throws {
        let system: RankingSystem
        let queries: RankingQueries
        if let directory {
            system = try RankingSystem(
                index: directory, model: model.model, precision: model.precision,
                threads: model.processors.threads)
            queries = try data.rankingQueries(among: IndexDocuments(index: system.index), isIndex: true)
        } else {
            let documents = try data.documents()
            queries = try data.rankingQueries(among: documents, isIndex: false)
            system = try RankingSystem(
                model.load(), over: documents, quiet: common.quiet)
        }
        if !common.quiet { queries.notes.forEach(note) }
        let embeddings = try system.embed(queries.texts)
        // As users search it, and beside that the other ways.
        let own = directory == nil ? .meaning : system.index.manifest.ranking
        let methods = [own] + RankingMethod.allCases.filter { $0 != own }
        var runs = zip(
            methods.map(system.name),
            try system.runs(queries, embeddings, by: methods, depth: depth, quiet: common.quiet)
        ).map { (name: $0, run: $1) }
        if system.inexactKind != nil {
            try system.index.searchExactly()
            let exact = try system.runs(queries, embeddings, by: [.meaning], depth: depth, quiet: common.quiet)
            runs.insert(("exact search", exact[0]), at: 1)
        }
        try report(runs, queries, learned: system.learned, documents: system.index.counts().documents)
    }

    private func report(
        _ runs: [(name: String, run: Run)], _ queries: RankingQueries, learned: LearnedTexts?,
        documents: Int?
    ) throws {
        if metrics.strict, let first = queries.unanswered.first {
            let count = queries.unanswered.count
            throw EvaluationError(
                count == 1 ? "the query \"\(first)\" has no relevant document"
                    : "\(count) queries, \"\(first)\" among them, have no relevant document")
        }
        let ways = try runs.map { name, run in
            let evaluation = try metrics.evaluation(of: run, by: queries.qrels)
            return RankingReport.Way(
                name: name, evaluation: evaluation, intervals: try metrics.intervals(of: evaluation))
        }
        let judged = ways[0].evaluation
        var seen: [Int]?
        if let learned, !learned.isEmpty {
            seen = judged.queries.indices.filter { row in
                queries.text(of: judged.queries[row]).map(learned.contains) ?? false
            }
        }
        let report = RankingReport(
            ways: ways, documents: documents, seen: seen, unanswered: queries.unanswered.count, unjudged: queries.unjudged,
            unmatched: queries.unmatched, confidence: metrics.confidence)
        if let runOut { try runs[0].run.write(to: runOut) }
        if let qrelsOut { try queries.qrels.write(to: qrelsOut) }
        if let perQuery { try writeQueries(to: perQuery, judged, runs[0].run, queries, Set(seen ?? [])) }
        print(json ? report.json.description : report.text)
    }

    private func writeQueries(
        to path: String, _ evaluation: RankingEvaluation, _ run: Run, _ queries: RankingQueries,
        _ seen: Set<Int>
    ) throws {
        let output = try OutputFile(path: path)
        let count = evaluation.metrics.count
        for (row, id) in evaluation.queries.enumerated() {
            let values = Array(evaluation.values[row * count..<(row + 1) * count])
            let line: JSONValue = [
                "query": .string(id), "text": queries.text(of: id).map { .string($0) } ?? .null,
                "seen": .bool(seen.contains(row)),
                "relevant": .array(
                    queries.qrels.judgements(of: id).filter { $0.relevance >= metrics.relevantFrom }
                        .map { .string($0.document) }),
                "found": .array((run.results(of: id) ?? []).prefix(10).map { .string($0.document) }),
                "metrics": RankingReport.object(evaluation.metrics, values),
            ]
            try output.write(Array("\(line)\n".utf8))
        }
        try output.finish()
    }

    // Pairs

    private func scorePairs(_ task: PairTask) throws {
        guard !data.pairs.isEmpty else { throw ValidationError("a \(task) needs --pairs") }
        if perQuery != nil || runOut != nil || qrelsOut != nil {
            throw ValidationError("--per-query, --run-out and --qrels-out are for rankings")
        }
        let wanted = try metrics.pairMetrics(of: task)
        let encoder: BiEncoder
        var corpus: Corpus?
        if let directory {
            let index = try SearchIndex(opening: directory)
            encoder = try index.loadModel(
                model.model, precision: model.precision, threads: model.processors.threads)
            // Texts that pairs give count before those of documents.
            if try ([dev].compactMap(\.self) + data.pairs).contains(where: { try data.reader([$0]).namesDocumentsOnly }) {
                corpus = try Corpus(IndexDocuments(index: index))
            }
        } else {
            encoder = try model.load()
            if !data.corpus.isEmpty {
                corpus = try Corpus(data.corpus.map { CorpusFile(path: $0, encoding: data.encoding.value) })
            }
        }
        let learned = try LearnedTexts(ofModelAt: encoder.folder.path)
        // A score means the same in both files.
        let range = try data.reader(data.pairs + [dev].compactMap(\.self)).scoreRange
        func evaluation(_ paths: [String]) throws -> PairEvaluation {
            try PairEvaluation(
                data.reader(paths, corpus: corpus).pairSet(scoreRange: range), task: task, with: encoder, learned)
        }
        let pairs = try evaluation(data.pairs)
        func named<Value>(_ path: String, _ body: () throws(EvaluationError) -> Value) throws -> Value {
            do throws(EvaluationError) { return try body() } catch {
                throw RecordError(path: path, reason: error.reason)
            }
        }
        var threshold = 0.0
        if task == .classification {
            let judged = try dev.map { try evaluation([$0]) } ?? pairs
            threshold = try named(dev ?? data.pairs[0], judged.bestThreshold)
        }
        let all = try named(data.pairs[0]) { () throws(EvaluationError) in
            try pairs.metrics(threshold: threshold)
        }
        let chosen = all.indices.filter { wanted?.contains(all[$0].name) ?? true }
        let found = chosen.map { all[$0] }
        let intervals = metrics.intervals
            ? try named(data.pairs[0]) { () throws(EvaluationError) in
                let intervals = try pairs.intervals(threshold: threshold, metrics.bootstrap)
                return chosen.map { intervals[$0] }
            } : nil
        show(pairs, found, intervals, threshold: task == .classification ? threshold : nil, range)
    }

    private func show(
        _ pairs: PairEvaluation, _ found: [(name: String, value: Double)],
        _ intervals: [ClosedRange<Double>]?, threshold: Double?, _ range: ClosedRange<Double>?
    ) {
        let seen = pairs.isSeen.count { $0 }
        if json {
            var object: JSONObject = [
                "task": .string(pairs.task.rawValue), "pairs": .integer(pairs.cosines.count),
                "metrics": .object(JSONObject(found.map { ($0.name, .number($0.value)) })),
            ]
            if let intervals {
                object["intervals"] = .object(JSONObject(zip(found, intervals).map {
                    ($0.name, .array([.number($1.lowerBound), .number($1.upperBound)]))
                }))
            }
            if let range {
                object["score_range"] = .array([.number(range.lowerBound), .number(range.upperBound)])
            }
            if let threshold {
                object["threshold"] = .number(threshold)
                object["threshold_from"] = dev.map { .string($0) } ?? "the same pairs"
            }
            object["seen"] = .integer(seen)
            if let unseen = unseen(pairs, threshold) {
                object["unseen"] = [
                    "pairs": .integer(pairs.cosines.count - seen),
                    "metrics": .object(JSONObject(unseen.map { ($0.name, .number($0.value)) })),
                ]
            }
            print(JSONValue.object(object))
            return
        }
        print("\(grouped(pairs.cosines.count)) pairs, \(pairs.task.rawValue)")
        if let range, range != 0...1 {
            print("scores from \(range.lowerBound) to \(range.upperBound) are scaled to 0 to 1")
        }
        if seen > 0 { print("\(grouped(seen)) of their queries stood in the model's training data") }
        if let threshold {
            print(
                "threshold \(decimal(threshold, 4)), "
                    + (dev.map { "found on \($0)" } ?? "found on the same pairs, so what hangs on it leans upward"))
        }
        for (index, metric) in found.enumerated() {
            let range = intervals.map {
                "  (\(decimal($0[index].lowerBound, 3))–\(decimal($0[index].upperBound, 3)))"
            }
            print(padded(metric.name, to: 14) + padded(decimal(metric.value, 3), to: 7, left: true) + (range ?? ""))
        }
        if let unseen = unseen(pairs, threshold) {
            print(
                "\nwithout them:\n"
                    + unseen.map { padded($0.name, to: 14) + padded(decimal($0.value, 3), to: 7, left: true) }
                    .joined(separator: "\n"))
        }
    }

    /// The metrics of the pairs whose queries the model has not learned, where it has learned others and
    /// these can be measured.
    private func unseen(_ pairs: PairEvaluation, _ threshold: Double?) -> [(name: String, value: Double)]? {
        let rows = pairs.isSeen.indices.filter { !pairs.isSeen[$0] }
        guard rows.count < pairs.isSeen.count else { return nil }
        return try? pairs.metrics(threshold: threshold ?? 0, over: rows)
    }
}

/// The documents of an index.
struct IndexDocuments: DocumentSource {
    let index: SearchIndex

    func forEach(_ body: (Document) throws -> Void) throws { try index.forEachDocument(body) }
}
