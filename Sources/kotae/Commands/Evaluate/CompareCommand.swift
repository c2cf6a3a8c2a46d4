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
              kotae compare all-MiniLM-L6-v2 my-model --pairs sts.csv

            An index is searched as users search it; search by words (BM25) and its fusion with each model or \
            index are always among the candidates. Where pairs give answers as texts, each is judged by its own \
            documents of these texts, on the queries that all can be judged on; ids have to be known to all. \
            Every two are compared by a paired randomization test, with Holm's correction for the number of comparisons, and by a paired bootstrap interval of the \
            difference. Models are compared on graded pairs, and on labelled ones without a corpus, by how well \
            their cosines tell the pairs apart or follow the scores, with p by paired bootstrap.
            """)

    @Argument(help: "Index folders, models' folders or names, and runs in TREC's format.")
    var candidates: [String]

    @OptionGroup var data: EvaluationDataOptions

    @Option(help: ArgumentHelp(
        "The metric that decides (default: MRR; of classifications AP, of regressions Spearman).", valueName: "name"))
    var metric: String?

    @Option(help: "ranking, classification or regression (default: what the pairs tell).")
    var task: PairTask?

    @Option(help: ArgumentHelp("From which relevance on a document counts as relevant.", valueName: "n"))
    var relevantFrom = 1

    @Flag(help: "Refuse queries without relevant documents, rather than leave them out.")
    var strict = false

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
        if data.pairs.isEmpty, let task, task != .ranking { throw ValidationError("a \(task) needs --pairs") }
        if data.pairs.isEmpty || task == .ranking { _ = try chosenMetric }
        if !data.corpus.isEmpty, candidates.allSatisfy(isFile) {
            throw ValidationError("runs are compared without a --corpus; name a model too for BM25 and its fusion")
        }
        if depth < 1 { throw ValidationError("--depth must be at least 1, not \(depth)") }
        if relevantFrom < 1 { throw ValidationError("--relevant-from must be at least 1, not \(relevantFrom)") }
        if examples < 0 { throw ValidationError("--examples must be at least 0, not \(examples)") }
        if !(confidence > 0 && confidence < 1) {
            throw ValidationError("--confidence is \(confidence), expected a number between 0 and 1")
        }
    }

    private var chosenMetric: RankingMetric {
        get throws {
            do throws(EvaluationError) { return try RankingMetric(parsing: metric ?? "MRR") } catch {
                throw ValidationError(error.reason)
            }
        }
    }

    func run() throws {
        let task = try task ?? fittingTask()
        if task != .ranking { return try comparePairs(task) }
        let metric = try chosenMetric
        let systems = try gather()
        guard systems.count >= 2 else {
            throw ValidationError("a single run has nothing to be compared with; give another candidate")
        }
        let evaluations = try systems.map { system in
            if strict, let first = system.queries.unanswered.first {
                throw EvaluationError("the query \"\(first)\" has no relevant document in \(system.name)")
            }
            return try RankingEvaluation(
                of: system.run, by: system.queries.qrels, metrics: [metric], relevantFrom: relevantFrom,
                withoutRelevant: strict ? .refuse : .leaveOut)
        }
        let asked = try commonQueries(evaluations, systems)
        var test = RandomizationTest()
        test.seed = seed
        let comparison = try Comparison(
            names: systems.map(\.name), metric: metric, queries: asked,
            values: evaluations.map { $0.values(ofMetric: 0, of: asked) }, bootstrap, test)
        let last = candidates.count > 1 ? systems.lastIndex { $0.name == candidates[candidates.count - 1] } ?? 1 : 1
        let withoutRelevant = zip(evaluations, systems).map { $0.withoutRelevant.count + $1.queries.unanswered.count }.min() ?? 0
        let report = ComparisonReport(
            comparison: comparison, queries: systems[0].queries, runs: systems.map(\.run),
            withoutRelevant: withoutRelevant,
            learned: systems.map { system in
                system.learned.map { learned in
                    asked.count { id in system.queries.text(of: id).map(learned.contains) ?? false }
                }
            },
            examples: comparison.extremes(of: last, against: 0, count: examples), confidence: confidence)
        print(json ? report.json.description : report.text)
    }

    private var bootstrap: Bootstrap {
        var bootstrap = Bootstrap()
        bootstrap.confidence = confidence
        bootstrap.seed = seed
        return bootstrap
    }

    // Pairs

    private func fittingTask() throws -> PairTask {
        guard !data.pairs.isEmpty else { return .ranking }
        return try data.reader(data.pairs).task(isSearched: !data.corpus.isEmpty || candidates.contains(where: isIndex))
    }

    /// Compares models by their cosines of labelled or graded pairs.
    private func comparePairs(_ task: PairTask) throws {
        let metric = try PairComparison.Metric(named: metric, for: task)
        guard candidates.count > 1 else {
            throw ValidationError("a single model has nothing to be compared with; give another")
        }
        if let run = candidates.first(where: isFile) {
            throw ValidationError("\(run) is a run, which has no cosines of pairs; give models")
        }
        let given = data.corpus.isEmpty
            ? nil : try Corpus(data.corpus.map { CorpusFile(path: $0, encoding: data.encoding.value) })
        let found = try candidates.map { candidate in
            let index = isIndex(candidate) ? try SearchIndex(opening: candidate) : nil
            var reader = try data.reader(data.pairs, corpus: given)
            // Texts that pairs give count before those of documents.
            if let index, given == nil, reader.namesDocumentsOnly {
                reader = try data.reader(data.pairs, corpus: Corpus(IndexDocuments(index: index)))
            }
            let encoder = try index?.loadModel(precision: precision, threads: processors.threads) ?? model(candidate)
            return (
                name: candidate,
                found: try PairEvaluation(
                    reader.pairSet(scoreRange: reader.scoreRange), task: task, with: encoder,
                    LearnedTexts(ofModelAt: encoder.folder.path)))
        }
        do throws(EvaluationError) {
            let comparison = try PairComparison(found, by: metric, bootstrap)
            print(json ? comparison.json.description : comparison.text)
        } catch {
            throw RecordError(path: data.pairs[0], reason: error.reason)
        }
    }

    private func model(_ name: String) throws -> BiEncoder {
        try BiEncoder(modelAt: ModelLibrary().folder(of: name), precision: precision, threads: processors.threads)
    }

    // Candidates

    /// What is compared: a run with the judgements that hold for its documents.
    private struct System {
        let name: String
        let run: Run
        let queries: RankingQueries
        /// What its model has learned; nil where that is not known.
        let learned: LearnedTexts?
    }

    /// The queries on which every candidate can be judged, in the first one's order.
    private func commonQueries(_ evaluations: [RankingEvaluation], _ systems: [System]) throws -> [String] {
        func keys(_ evaluation: RankingEvaluation) -> Set<[UInt8]> { Set(evaluation.queries.map { Array($0.utf8) }) }
        let common = evaluations.dropFirst().reduce(keys(evaluations[0])) { $0.intersection(keys($1)) }
        guard !common.isEmpty else { throw EvaluationError("no query has a relevant document among those of every candidate") }
        if !self.common.quiet {
            let judged = evaluations.reduce(into: Set<[UInt8]>()) { $0.formUnion(keys($1)) }
            if judged.count > common.count {
                note("\(grouped(judged.count - common.count)) queries have no relevant document in some candidate and are left out")
            }
            for (system, evaluation) in zip(systems, evaluations) where evaluation.absent > 0 {
                note("\(system.name): \(grouped(evaluation.absent)) queries are not there and count 0")
            }
        }
        return evaluations[0].queries.filter { common.contains(Array($0.utf8)) }
    }

    /// Every candidate, with those by words and by both for what Kotae searches.
    private func gather() throws -> [System] {
        var systems: [System] = []
        var fused: [System] = []
        var words: System?
        // By an index that ranks so.
        var hasWords = false
        var runs: [(place: Int, name: String, run: Run)] = []
        for candidate in candidates {
            if isFile(candidate) {
                runs.append((systems.count, candidate, try Run(contentsOf: candidate)))
                continue
            }
            let system = try system(candidate)
            let isIndex = isIndex(candidate)
            let queries = try named(candidate) {
                try data.rankingQueries(
                    among: IndexDocuments(index: system.index), isIndex: !data.corpus.isEmpty || isIndex)
            }
            if !common.quiet { queries.notes.forEach { note("\(candidate): \($0)") } }
            let own = isIndex ? system.index.manifest.ranking : .meaning
            let methods = [own] + RankingMethod.allCases.filter { $0 != own }
            let found = Dictionary(
                uniqueKeysWithValues: zip(
                    methods,
                    try system.runs(
                        queries, system.embed(queries.texts), by: methods, depth: depth, quiet: common.quiet)))
            func add(_ method: RankingMethod, as name: String, to list: inout [System]) {
                guard let run = found[method] else { return }
                list.append(
                    System(
                        name: name, run: run, queries: queries, learned: method == .words ? nil : system.learned))
            }
            add(own, as: candidate, to: &systems)
            if own != .meaning { add(.meaning, as: "\(candidate) by meaning", to: &fused) }
            if own != .meaningAndWords { add(.meaningAndWords, as: "\(candidate) + BM25", to: &fused) }
            if own == .words {
                hasWords = true
            } else if words == nil {
                var list: [System] = []
                add(.words, as: "BM25", to: &list)
                words = list.first
            }
        }
        systems += fused
        if let words, !hasWords { systems.append(words) }
        guard let known = try systems.first?.queries ?? queriesOfRuns() else {
            throw ValidationError("runs are compared by --qrels")
        }
        for (offset, run) in runs.enumerated() {
            systems.insert(
                System(name: run.name, run: run.run, queries: known, learned: nil), at: run.place + offset)
        }
        return systems
    }

    /// Says with which candidate something does not go together.
    private func named<Value>(_ candidate: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as RecordError {
            throw RecordError(path: error.path, line: error.line, reason: "\(error.reason) in \(candidate)")
        }
    }

    private func queriesOfRuns() throws -> RankingQueries? {
        guard let path = data.qrels else { return nil }
        let qrels = try Qrels(contentsOf: path)
        guard let texts = data.queries else {
            return RankingQueries(ids: qrels.queries, texts: qrels.queries, qrels: qrels)
        }
        let (ids, found) = try readQueries(at: texts, encoding: data.encoding.value)
        let known = Set(ids.map { Array($0.utf8) })
        if let lost = qrels.queries.first(where: { !known.contains(Array($0.utf8)) }) {
            throw RecordError(
                path: path, line: qrels.line(ofQuery: lost), reason: "there is no query with the id \"\(lost)\"")
        }
        return RankingQueries(ids: ids, texts: found, qrels: qrels)
    }

    private func system(_ candidate: String) throws -> RankingSystem {
        if isIndex(candidate) {
            return try RankingSystem(index: candidate, precision: precision, threads: processors.threads)
        }
        return try RankingSystem(model(candidate), over: data.documents(), quiet: common.quiet)
    }

    private func isIndex(_ path: String) -> Bool { access(path + "/data.mdb", F_OK) == 0 }

    private func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
