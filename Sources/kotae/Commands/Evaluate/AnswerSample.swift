import Evaluation
import Random
import Records
import SemanticSearch

/// Questions with the best answers that an index finds to them: what a threshold is found and judged by.
struct AnswerSample {
    struct Answer {
        /// What a threshold is of: the cosine of the question and the document found, or by words the BM25
        /// score; nil where nothing was found.
        let score: Double?
        let isRight: Bool
        /// Whether any document that was searched answers the question.
        let isAnswerable: Bool
    }

    let answers: [Answer]

    /// - Parameters:
    ///   - unanswerable: questions that nothing answers. With nil, a share of the documents asked for is
    ///     left out of the search, and what they answer has no answer.
    ///   - leftOut: that share.
    ///   - seed: decides which documents are left out.
    /// - Throws: `EvaluationError` when no question has an answer.
    init(
        of system: RankingSystem, _ queries: RankingQueries, by method: RankingMethod,
        unanswerable: [String]?, leftOut: Double, seed: UInt64
    ) throws {
        let relevant = queries.ids.map { id in
            Set(queries.qrels.judgements(of: id).filter { $0.relevance > 0 }.map { Array($0.document.utf8) })
        }
        let judged = queries.ids.indices.filter { !relevant[$0].isEmpty }
        guard !judged.isEmpty else { throw EvaluationError("no question has an answer in the index") }
        let hidden = unanswerable == nil
            ? Self.hiddenDocuments(judged.map { relevant[$0] }, share: leftOut, seed: seed) : []
        let others = unanswerable ?? []
        let texts = judged.map { queries.texts[$0] } + others
        var options = SearchOptions()
        options.excludedIDs = hidden.map { String(decoding: $0, as: UTF8.self) }
        let found = try system.index.bestAnswers(
            of: texts, method == .words ? nil : system.embed(texts), by: method, options: options)
        answers = zip(found, judged.map { relevant[$0] } + others.map { _ in [] }).map { answer, relevant in
            Answer(
                score: answer.map { Double($0.score) },
                isRight: answer.map { relevant.contains(Array($0.id.utf8)) } ?? false,
                isAnswerable: !relevant.isSubset(of: hidden))
        }
    }

    /// Documents that are left out: a share of those asked for, and whatever else answers the same
    /// questions.
    private static func hiddenDocuments(_ relevant: [Set<[UInt8]>], share: Double, seed: UInt64) -> Set<[UInt8]> {
        var random = SeededGenerator(seed: seed)
        var documents = Set(relevant.joined()).sorted { $0.lexicographicallyPrecedes($1) }
        documents.shuffle(using: &random)
        let chosen = Set(documents.prefix(Int((Double(documents.count) * share).rounded())))
        return relevant.filter { !$0.isDisjoint(with: chosen) }.reduce(into: chosen) { $0.formUnion($1) }
    }

    /// Reads questions that nothing answers: one a line, or the field "text" of JSON Lines, CSV or TSV.
    static func unanswerable(_ path: String, encoding: TextEncoding) throws -> [String] {
        if (try? RecordFormat(path: path)) != nil {
            return try EvaluationDataOptions.readTexts(path, encoding: encoding)
        }
        var lines = try LineReader(path: path, encoding: encoding)
        var texts: [String] = []
        while let line = try lines.next() {
            if line.utf8.contains(where: { $0 > 0x20 }) { texts.append(line) }
        }
        guard !texts.isEmpty else { throw RecordError(path: path, reason: "there are no questions in this file") }
        return texts
    }

    var confidence: AnswerConfidence { AnswerConfidence(answers.map { ($0.score, $0.isRight) }) }
}
