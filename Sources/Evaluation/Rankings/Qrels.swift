/// Which documents answer which queries: relevance judgements.
///
/// A relevance of 0 or below says that the document was judged and does not answer. What is not
/// judged counts as not relevant.
package struct Qrels: Sendable {
    let queryIDs: IdentifierTable
    let documentIDs: IdentifierTable
    /// Where each query's judgements start, and at last where they all end.
    let starts: [Int]
    /// Numbers of documents, query after query.
    let documents: [Int32]
    let relevances: [Int32]
    /// The line of each judgement in the file it comes from; empty for one that comes from none.
    let lines: [Int]

    /// - Throws: `EvaluationError` for a document that a query has twice, with different relevances.
    package init(
        _ judgements: [(query: String, document: String, relevance: Int)]
    ) throws(EvaluationError) {
        var builder = QrelsBuilder()
        for judgement in judgements {
            builder.add(
                judgement.query, judgement.document, Int32(clamping: judgement.relevance))
        }
        do throws(QrelsBuilder.Contradiction) {
            self = try builder.qrels()
        } catch {
            throw EvaluationError(error.reason)
        }
    }

    init(
        queryIDs: IdentifierTable, documentIDs: IdentifierTable, starts: [Int],
        documents: [Int32], relevances: [Int32], lines: [Int]
    ) {
        self.queryIDs = queryIDs
        self.documentIDs = documentIDs
        self.starts = starts
        self.documents = documents
        self.relevances = relevances
        self.lines = lines
    }

    /// The queries in the order in which they came.
    package var queries: [String] { (0..<queryIDs.count).map { queryIDs[$0] } }

    /// Every judged document once, in the order in which they came.
    package var judgedDocuments: [String] { (0..<documentIDs.count).map { documentIDs[$0] } }

    /// How many judgements there are.
    package var count: Int { documents.count }

    /// Where a query and a document are first named in the file, for errors; nil for what comes from no file.
    package func line(ofQuery query: String) -> Int? {
        queryIDs.number(of: query).flatMap { lines.isEmpty ? nil : lines[starts[$0]] }
    }

    /// As above, of a document.
    package func line(ofDocument document: String) -> Int? {
        guard let number = documentIDs.number(of: document) else { return nil }
        return zip(documents, lines).filter { $0.0 == number }.map(\.1).min()
    }

    /// A query's judgements in the order in which they came; none for a query that is not there.
    package func judgements(of query: String) -> [(document: String, relevance: Int)] {
        guard let number = queryIDs.number(of: query) else { return [] }
        return (starts[number]..<starts[number + 1]).map {
            (documentIDs[Int(documents[$0])], Int(relevances[$0]))
        }
    }
}

/// Gathers judgements in any order.
struct QrelsBuilder {
    private var queryIDs = IdentifierTable()
    private var documentIDs = IdentifierTable()
    private var queries: [Int32] = []
    private var documents: [Int32] = []
    private var relevances: [Int32] = []

    /// Two relevances of one document for one query.
    struct Contradiction: Error {
        let query: String
        let document: String
        let relevances: (Int32, Int32)
        /// The second one's number among all judgements, in the order in which they were added.
        let row: Int

        var reason: String {
            "the document \"\(document)\" has the relevance \(relevances.1) for the query "
                + "\"\(query)\", and \(relevances.0) before"
        }
    }

    mutating func add(_ query: String, _ document: String, _ relevance: Int32) {
        append(queryIDs.insert(query), documentIDs.insert(document), relevance)
    }

    mutating func add(
        _ query: UnsafeBufferPointer<UInt8>, _ document: UnsafeBufferPointer<UInt8>,
        _ relevance: Int32
    ) {
        append(queryIDs.insert(query), documentIDs.insert(document), relevance)
    }

    private mutating func append(_ query: Int, _ document: Int, _ relevance: Int32) {
        queries.append(Int32(query))
        documents.append(Int32(document))
        relevances.append(relevance)
    }

    /// Everything added, by query; a judgement that stands there several times once.
    ///
    /// - Parameter lines: where each was read, if from a file.
    func qrels(lines: [Int] = []) throws(Contradiction) -> Qrels {
        let groups = Groups(of: queries, count: queryIDs.count)
        var starts = [0]
        var kept: [Int32] = []
        /// For each document the query and the row where it was last met.
        var last = [(query: Int, row: Int)](repeating: (-1, -1), count: documentIDs.count)
        for query in 0..<queryIDs.count {
            for row in groups.rows[groups.starts[query]..<groups.starts[query + 1]] {
                let document = Int(documents[Int(row)])
                let former = last[document]
                if former.query == query {
                    guard relevances[former.row] == relevances[Int(row)] else {
                        throw Contradiction(
                            query: queryIDs[query], document: documentIDs[document],
                            relevances: (relevances[former.row], relevances[Int(row)]),
                            row: Int(row))
                    }
                    continue
                }
                last[document] = (query, Int(row))
                kept.append(row)
            }
            starts.append(kept.count)
        }
        return Qrels(
            queryIDs: queryIDs, documentIDs: documentIDs, starts: starts,
            documents: kept.map { documents[Int($0)] },
            relevances: kept.map { relevances[Int($0)] },
            lines: lines.isEmpty ? [] : kept.map { lines[Int($0)] })
    }
}
