/// How good a run is by judgements: every metric for every query.
package struct RankingEvaluation: Sendable {
    package let metrics: [RankingMetric]
    /// The queries that were judged, in the order of the judgements.
    package let queries: [String]
    /// A row of metrics for each query. A query that the run lacks has zeros.
    package let values: [Double]
    /// Queries that no judgement gives a relevant document; they are in no mean.
    package let withoutRelevant: [String]
    /// How many of the judged queries the run lacks.
    package let absent: Int

    /// What to do with queries without relevant documents.
    package enum WithoutRelevant: Sendable {
        case leaveOut, refuse
    }

    /// - Parameters:
    ///   - level: the relevance from which on a document is relevant, at least 1. nDCG takes every
    ///     relevance above 0 into account, as trec_eval does.
    /// - Throws: `EvaluationError` when queries without relevant documents are refused, or when no query has one.
    package init(
        of run: Run, by qrels: Qrels, metrics: [RankingMetric], relevantFrom level: Int = 1,
        withoutRelevant policy: WithoutRelevant = .leaveOut
    ) throws(EvaluationError) {
        guard level >= 1 else {
            throw EvaluationError("documents relevant from \(level) on, expected 1 or more")
        }
        self.metrics = metrics
        var matcher = Matcher(run, qrels, level: level)
        var queries: [String] = []
        var values: [Double] = []
        var withoutRelevant: [String] = []
        var absent = 0
        for query in 0..<qrels.queryIDs.count {
            let isThere = matcher.match(query)
            guard matcher.ranking.relevantCount > 0 else {
                withoutRelevant.append(qrels.queryIDs[query])
                continue
            }
            queries.append(qrels.queryIDs[query])
            if !isThere { absent += 1 }
            for metric in metrics { values.append(metric.value(of: matcher.ranking)) }
        }
        if queries.isEmpty, withoutRelevant.isEmpty {
            throw EvaluationError("no query has a relevant document")
        }
        if let first = withoutRelevant.first {
            let count = withoutRelevant.count
            let these = count == 1 ? "the query \"\(first)\"" : "\(count) queries, \"\(first)\" among them,"
            guard policy == .leaveOut, !queries.isEmpty else {
                throw EvaluationError("\(these) \(count == 1 ? "has" : "have") no relevant document")
            }
        }
        self.queries = queries
        self.values = values
        self.withoutRelevant = withoutRelevant
        self.absent = absent
    }

    /// A metric's value for each of `queries`.
    ///
    /// - Parameter index: of the metric in `metrics`.
    package func values(ofMetric index: Int) -> [Double] {
        queries.indices.map { values[$0 * metrics.count + index] }
    }

    /// A metric's value for each of some queries; 0 for one that was not judged.
    package func values(ofMetric index: Int, of ids: [String]) -> [Double] {
        let rows = Dictionary(uniqueKeysWithValues: queries.enumerated().map { (Array($1.utf8), $0) })
        return ids.map { id in rows[Array(id.utf8)].map { values[$0 * metrics.count + index] } ?? 0 }
    }

    /// Each metric's mean over `queries`.
    package var means: [Double] { means(over: queries.indices) }

    /// Each metric's mean over some of `queries`, by their numbers; 0 over none.
    package func means(over rows: some Collection<Int>) -> [Double] {
        var sums = [Double](repeating: 0, count: metrics.count)
        for row in rows {
            for index in metrics.indices { sums[index] += values[row * metrics.count + index] }
        }
        return sums.map { $0 / Double(max(rows.count, 1)) }
    }
}

/// Brings a query's results and its judgements together.
private struct Matcher {
    private let run: Run
    private let qrels: Qrels
    private let level: Int32
    /// The run's numbers of the judged documents and queries, or -1.
    private let documents: [Int32]
    private let queries: [Int32]
    /// The gain of each document of the run for the query at hand.
    private var relevance: [Int32]
    private(set) var ranking = JudgedRanking()

    init(_ run: Run, _ qrels: Qrels, level: Int) {
        self.run = run
        self.qrels = qrels
        self.level = Int32(clamping: level)
        documents = qrels.documentIDs.numbers(in: run.documentIDs)
        queries = qrels.queryIDs.numbers(in: run.queryIDs)
        relevance = [Int32](repeating: 0, count: run.documentIDs.count)
    }

    /// Makes `ranking` that of a query of the judgements.
    ///
    /// - Returns: whether the run has it.
    mutating func match(_ query: Int) -> Bool {
        ranking.gains.removeAll(keepingCapacity: true)
        ranking.relevantRanks.removeAll(keepingCapacity: true)
        ranking.ideal.removeAll(keepingCapacity: true)
        ranking.relevantCount = 0
        let judged = qrels.starts[query]..<qrels.starts[query + 1]
        for place in judged where qrels.relevances[place] > 0 {
            ranking.ideal.append(qrels.relevances[place])
            if qrels.relevances[place] >= level { ranking.relevantCount += 1 }
            let document = documents[Int(qrels.documents[place])]
            if document >= 0 { relevance[Int(document)] = qrels.relevances[place] }
        }
        ranking.ideal.sort(by: >)
        let inRun = Int(queries[query])
        if inRun >= 0 { findGains(run.starts[inRun]..<run.starts[inRun + 1]) }
        for place in judged {
            let document = documents[Int(qrels.documents[place])]
            if document >= 0 { relevance[Int(document)] = 0 }
        }
        return inRun >= 0
    }

    private mutating func findGains(_ results: Range<Int>) {
        run.documents.withUnsafeBufferPointer { documents in
            relevance.withUnsafeBufferPointer { relevance in
                for place in results where relevance[Int(documents[place])] > 0 {
                    let gain = relevance[Int(documents[place])]
                    let rank = place - results.lowerBound + 1
                    ranking.gains.append(.init(rank: rank, relevance: gain))
                    if gain >= level { ranking.relevantRanks.append(rank) }
                }
            }
        }
    }
}
