import ArgumentParser
import BiEncoder
import Contrastive
import EmbeddingStore
import Evaluation
import Glibc
import JSON
import Records
import SemanticSearch
import Tensors

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Which of several indexes, models or runs is better, and whether by more than chance.",
        discussion: """
            Examples:
              kotae compare all-MiniLM-L6-v2 my-model --pairs held-out.jsonl --corpus faq.jsonl
              kotae compare faq-old faq-new --pairs held-out.jsonl --metric nDCG@10
              kotae compare a.run b.run --queries queries.jsonl --qrels qrels.tsv

            Search by words (BM25) and its fusion with each model or index are always among the candidates. \
            Every two are compared by a paired randomization test, with Holm's correction for the number of \
            comparisons, and by a paired bootstrap interval of the difference.
            """)

    @Argument(help: "Index folders, models' folders or names, and runs in TREC's format.")
    var candidates: [String]

    @OptionGroup var data: EvaluationDataOptions

    @Option(help: ArgumentHelp("The metric that decides.", valueName: "name"))
    var metric = "MRR"

    @Option(help: ArgumentHelp("From which relevance on a document counts as relevant.", valueName: "n"))
    var relevantFrom = 1

    @Option(help: ArgumentHelp("How many documents are ranked for each query.", valueName: "n"))
    var depth = 1000

    @Option(help: ArgumentHelp("How many queries to show that the last candidate wins and loses most against the first.", valueName: "n"))
    var examples = 5

    @Option(help: ArgumentHelp("The chance that an interval holds the truth.", valueName: "share"))
    var confidence = 0.95

    @Option(help: ArgumentHelp("Decides what is drawn.", valueName: "n"))
    var seed: UInt64 = 42

    @Flag(help: "One JSON object.")
    var json = false

    @Option(help: "Arithmetic of the matrix products.")
    var precision: Precision = .f32

    @OptionGroup var processors: ProcessorOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try data.check(needsQueries: false)
        _ = try chosenMetric
        if depth < 1 { throw ValidationError("--depth must be at least 1, not \(depth)") }
        if relevantFrom < 1 { throw ValidationError("--relevant-from must be at least 1, not \(relevantFrom)") }
        if examples < 0 { throw ValidationError("--examples must be at least 0, not \(examples)") }
        if !(confidence > 0 && confidence < 1) {
            throw ValidationError("--confidence is \(confidence), expected a number between 0 and 1")
        }
    }

    private var chosenMetric: RankingMetric {
        get throws {
            do throws(EvaluationError) { return try RankingMetric(parsing: metric) } catch {
                throw ValidationError(error.reason)
            }
        }
    }

    func run() throws {
        let (runs, queries) = try gather()
        if !common.quiet { queries.notes.forEach(note) }
        guard runs.count >= 2 else {
            throw ValidationError("a single run has nothing to be compared with; give another candidate")
        }
        let metric = try chosenMetric
        let evaluations = try runs.map { _, run in
            try RankingEvaluation(of: run, by: queries.qrels, metrics: [metric], relevantFrom: relevantFrom)
        }
        var bootstrap = Bootstrap()
        bootstrap.confidence = confidence
        bootstrap.seed = seed
        var test = RandomizationTest()
        test.seed = seed
        let comparison = try Comparison(
            names: runs.map(\.name), metric: metric, queries: evaluations[0].queries,
            values: evaluations.map { $0.values(ofMetric: 0) }, bootstrap, test)
        let asked = candidates.count > 1 ? runs.lastIndex { $0.name == candidates[candidates.count - 1] } ?? 1 : 1
        let report = ComparisonReport(
            comparison: comparison, queries: queries, runs: runs.map(\.run),
            examples: comparison.extremes(of: asked, against: 0, count: examples), confidence: confidence)
        print(json ? report.json.description : report.text)
    }

    // Candidates

    /// Every candidate's run, with those by words and by both for what Kotae searches.
    private func gather() throws -> (runs: [(name: String, run: Run)], queries: RankingQueries) {
        var runs: [(name: String, run: Run)] = []
        var fused: [(name: String, run: Run)] = []
        var words: Run?
        var queries: RankingQueries?
        for candidate in candidates {
            if isFile(candidate) {
                runs.append((candidate, try Run(contentsOf: candidate)))
                continue
            }
            let system = try system(candidate)
            let own = try data.rankingQueries(
                among: IndexDocuments(index: system.index), isIndex: !data.corpus.isEmpty || isIndex(candidate))
            let asked = queries ?? own
            queries = asked
            let embeddings = try system.embed(asked.texts)
            func run(_ method: RankingMethod) throws -> Run {
                try system.run(asked, embeddings, by: method, depth: depth, quiet: common.quiet)
            }
            runs.append((candidate, try run(.meaning)))
            fused.append(("\(candidate) + BM25", try run(.meaningAndWords)))
            if words == nil { words = try run(.words) }
        }
        if let words { fused.append(("BM25", words)) }
        guard let known = try queries ?? queriesOfRuns() else {
            throw ValidationError("runs are compared by --qrels")
        }
        return (runs + fused, known)
    }

    private func queriesOfRuns() throws -> RankingQueries? {
        guard let path = data.qrels else { return nil }
        let qrels = try Qrels(contentsOf: path)
        guard let texts = data.queries else {
            return RankingQueries(ids: qrels.queries, texts: qrels.queries, qrels: qrels)
        }
        let (ids, found) = try readQueries(at: texts)
        return RankingQueries(ids: ids, texts: found, qrels: qrels)
    }

    private func system(_ candidate: String) throws -> RankingSystem {
        if isIndex(candidate) {
            return try RankingSystem(index: candidate, precision: precision, threads: processors.threads)
        }
        let encoder = try BiEncoder(
            modelAt: ModelLibrary().folder(of: candidate), precision: precision, threads: processors.threads)
        return try RankingSystem(encoder, over: data.documents(), quiet: common.quiet)
    }

    private func isIndex(_ path: String) -> Bool { access(path + "/data.mdb", F_OK) == 0 }

    private func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
