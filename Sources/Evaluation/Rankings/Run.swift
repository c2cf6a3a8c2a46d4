/// What a system found: for each query its documents with their scores, best first.
///
/// The order is trec_eval's: scores descending, compared as float32, and documents of equal scores by
/// their ids, descending byte by byte. So the order of a file decides nothing.
package struct Run: Sendable {
    let queryIDs: IdentifierTable
    let documentIDs: IdentifierTable
    /// Where each query's results start, and at last where they all end.
    let starts: [Int]
    /// Numbers of documents, query after query.
    let documents: [Int32]
    let scores: [Float]

    /// - Throws: `EvaluationError` for a query or a query's document that stands there twice, and for
    ///   a score that is not a number.
    package init(
        _ rankings: [(query: String, results: [(document: String, score: Float)])]
    ) throws(EvaluationError) {
        var builder = RunBuilder()
        for ranking in rankings {
            guard builder.addQuery(ranking.query) else {
                throw EvaluationError("the query \"\(ranking.query)\" stands there twice")
            }
            for result in ranking.results {
                guard !result.score.isNaN else {
                    throw EvaluationError(
                        "the score of \"\(result.document)\" for the query \"\(ranking.query)\" is "
                            + "not a number")
                }
                builder.add(ranking.query, result.document, result.score)
            }
        }
        do throws(RunBuilder.Repetition) {
            self = try builder.run()
        } catch {
            throw EvaluationError(error.reason)
        }
    }

    init(
        queryIDs: IdentifierTable, documentIDs: IdentifierTable, starts: [Int],
        documents: [Int32], scores: [Float]
    ) {
        self.queryIDs = queryIDs
        self.documentIDs = documentIDs
        self.starts = starts
        self.documents = documents
        self.scores = scores
    }

    /// The queries in the order in which they came.
    package var queries: [String] { (0..<queryIDs.count).map { queryIDs[$0] } }

    /// How many results there are, all queries together.
    package var count: Int { documents.count }

    /// A query's documents, best first; nil for a query that is not there.
    package func results(of query: String) -> [(document: String, score: Float)]? {
        queryIDs.number(of: query).map { number in
            (starts[number]..<starts[number + 1]).map {
                (documentIDs[Int(documents[$0])], scores[$0])
            }
        }
    }
}

/// Gathers results in any order.
struct RunBuilder {
    private var queryIDs = IdentifierTable()
    private var documentIDs = IdentifierTable()
    private var queries: [Int32] = []
    private var documents: [Int32] = []
    private var scores: [Float] = []

    /// A document that a query has twice.
    struct Repetition: Error {
        let query: String
        let document: String
        /// The second one's number among all results, in the order in which they were added.
        let row: Int

        var reason: String { "the document \"\(document)\" stands there twice for the query \"\(query)\"" }
    }

    /// - Returns: whether the query is new.
    mutating func addQuery(_ query: String) -> Bool {
        let count = queryIDs.count
        return queryIDs.insert(query) == count
    }

    mutating func add(_ query: String, _ document: String, _ score: Float) {
        append(queryIDs.insert(query), documentIDs.insert(document), score)
    }

    mutating func add(
        _ query: UnsafeBufferPointer<UInt8>, _ document: UnsafeBufferPointer<UInt8>, _ score: Float
    ) {
        append(queryIDs.insert(query), documentIDs.insert(document), score)
    }

    private mutating func append(_ query: Int, _ document: Int, _ score: Float) {
        queries.append(Int32(query))
        documents.append(Int32(document))
        scores.append(score)
    }

    /// Everything added, sorted.
    func run() throws(Repetition) -> Run {
        let groups = Groups(of: queries, count: queryIDs.count)
        var order = groups.rows
        var lastQuery = [Int32](repeating: -1, count: documentIDs.count)
        for query in 0..<queryIDs.count {
            let range = groups.starts[query]..<groups.starts[query + 1]
            for place in range {
                let document = Int(documents[Int(order[place])])
                guard lastQuery[document] != query else {
                    throw Repetition(
                        query: queryIDs[query], document: documentIDs[document],
                        row: Int(order[place]))
                }
                lastQuery[document] = Int32(query)
            }
            sort(&order[range])
        }
        return Run(
            queryIDs: queryIDs, documentIDs: documentIDs, starts: groups.starts,
            documents: order.map { documents[Int($0)] }, scores: order.map { scores[Int($0)] })
    }

    private func sort(_ rows: inout ArraySlice<Int32>) {
        // Most files are sorted, at least by score.
        let isSorted = zip(rows, rows.dropFirst()).allSatisfy { !precedes($1, $0) }
        if !isSorted { rows.sort { precedes($0, $1) } }
    }

    private func precedes(_ a: Int32, _ b: Int32) -> Bool {
        let (scoreA, scoreB) = (scores[Int(a)], scores[Int(b)])
        if scoreA != scoreB { return scoreA > scoreB }
        return documentIDs.isGreater(Int(documents[Int(a)]), than: Int(documents[Int(b)]))
    }
}
