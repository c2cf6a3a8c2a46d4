import ArgumentParser
import Contrastive
import EmbeddingStore
import Evaluation
import Records
import SemanticSearch

/// Which questions are asked, and what answers them.
struct EvaluationDataOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Pairs as for training: .jsonl, .csv or .tsv; may be repeated.", valueName: "file"))
    var pairs: [String] = []

    @Option(help: ArgumentHelp("Queries, with --qrels: {\"id\", \"text\"} a line.", valueName: "file"))
    var queries: String?

    @Option(help: ArgumentHelp("Which documents answer them, as TREC or BEIR write it.", valueName: "file"))
    var qrels: String?

    @Option(help: ArgumentHelp("A folder as BEIR has them: corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv.", valueName: "dir"))
    var beir: String?

    @Option(help: ArgumentHelp("Which of the BEIR folder's qrels.", valueName: "name"))
    var split = "test"

    @Option(help: ArgumentHelp(
        "The documents that a model searches; may be repeated (default: the pairs' own passages).",
        valueName: "file"))
    var corpus: [String] = []

    @OptionGroup var encoding: EncodingOption

    @OptionGroup var fields: PairFieldOptions

    var isGiven: Bool { !pairs.isEmpty || qrels != nil || beir != nil }

    func check(needsQueries: Bool = true) throws {
        let ways = [!pairs.isEmpty, qrels != nil, beir != nil].count { $0 }
        guard ways == 1 else {
            throw ValidationError("give one of --pairs FILE, --queries FILE with --qrels FILE, and --beir DIR")
        }
        if needsQueries, (queries == nil) != (qrels == nil) {
            throw ValidationError("--queries and --qrels go together")
        }
        if beir != nil, !corpus.isEmpty { throw ValidationError("--beir has a corpus of its own") }
    }

    /// The pairs of a file, for the fields that were named.
    ///
    /// - Parameter corpus: where documents that pairs name by id have their texts.
    func reader(_ paths: [String], corpus: Corpus? = nil) throws -> PairReader {
        var reader = PairReader(
            fields: fields.names, positiveFrom: 0.5, corpus: corpus, encoding: encoding.value)
        for path in paths { try reader.read(path) }
        return reader
    }
}

/// Questions with judgements.
struct RankingQueries {
    let ids: [String]
    let texts: [String]
    let qrels: Qrels
    /// Queries all of whose answers are texts that no document has.
    let unanswered: [String]
    /// How many queries were given that no judgement is of, such as those of another part.
    let unjudged: Int
    /// Texts given as answers that no document has.
    let unmatched: [String]
    private let places: [[UInt8]: Int]

    /// - Parameter ids: each once.
    init(ids: [String], texts: [String], qrels: Qrels, unanswered: [String] = [], unjudged: Int = 0, unmatched: [String] = []) {
        self.ids = ids
        self.texts = texts
        self.qrels = qrels
        self.unanswered = unanswered
        self.unjudged = unjudged
        self.unmatched = unmatched
        places = Dictionary(uniqueKeysWithValues: zip(ids.map { Array($0.utf8) }, ids.indices))
    }

    func text(of id: String) -> String? { places[Array(id.utf8)].map { texts[$0] } }

    /// What a person should know of how they were read.
    var notes: [String] {
        guard !unmatched.isEmpty else { return [] }
        let shown = unmatched.prefix(5).map { "  \(oneLine($0))" }.joined(separator: "\n")
        return ["\(grouped(unmatched.count)) texts given as answers are those of no document, such as\n\(shown)"]
    }
}

extension EvaluationDataOptions {
    /// The documents that a model is to search: those given, or else the pairs' passages.
    func documents() throws -> any DocumentSource {
        if let beir { return BEIRCorpus(path: beir + "/corpus.jsonl") }
        if !corpus.isEmpty { return CorpusFiles(corpus.map { CorpusFile(path: $0, encoding: encoding.value) }) }
        guard !pairs.isEmpty else { throw ValidationError("--qrels names documents of a --corpus, which is missing") }
        return try reader(pairs).passages()
    }

    /// - Parameters:
    ///   - documents: what is searched, and what pairs and judgements name.
    ///   - isIndex: whether they are those of an index.
    func rankingQueries(among documents: any DocumentSource, isIndex: Bool) throws -> RankingQueries {
        if !pairs.isEmpty { return try queriesOfPairs(among: documents, isIndex: isIndex) }
        let qrelsPath = beir.map { "\($0)/qrels/\(split).tsv" } ?? qrels ?? ""
        let judgements = try Qrels(contentsOf: qrelsPath)
        let (ids, texts) = try beir.map { try readQueries(at: "\($0)/queries.jsonl") }
            ?? readQueries(at: queries ?? "", encoding: encoding.value)
        let known = Set(ids.map { Array($0.utf8) })
        if let lost = judgements.queries.first(where: { !known.contains(Array($0.utf8)) }) {
            throw RecordError(
                path: qrelsPath, line: judgements.line(ofQuery: lost),
                reason: "there is no query with the id \"\(lost)\"")
        }
        var there: Set<[UInt8]> = []
        try documents.forEach { there.insert(Array($0.id.utf8)) }
        let unknown = judgements.judgedDocuments.filter { !there.contains(Array($0.utf8)) }
        if let first = unknown.first {
            throw RecordError(
                path: qrelsPath, line: judgements.line(ofDocument: first),
                reason: "there is no document with the id \"\(first)\""
                    + (unknown.count > 1 ? ", and \(unknown.count - 1) more are not there" : ""))
        }
        let judged = Set(judgements.queries.map { Array($0.utf8) })
        func isJudged(_ place: Int) -> Bool { judged.contains(Array(ids[place].utf8)) }
        let kept = ids.indices.filter(isJudged)
        return RankingQueries(
            ids: kept.map { ids[$0] }, texts: kept.map { texts[$0] }, qrels: judgements,
            // A BEIR folder has the queries of all splits.
            unjudged: beir == nil ? ids.count - kept.count : 0)
    }

    private func queriesOfPairs(among documents: any DocumentSource, isIndex: Bool) throws -> RankingQueries {
        let found = try reader(pairs).judgements(among: documents, byTextAlone: !isIndex && corpus.isEmpty)
        let judgements = try Qrels(
            found.judgements.map { ("\($0.query + 1)", $0.document, $0.relevance) })
        let judged = Set(found.judgements.map(\.query))
        return RankingQueries(
            ids: found.queries.indices.map { "\($0 + 1)" }, texts: found.queries, qrels: judgements,
            unanswered: found.queries.indices.filter { !judged.contains($0) }.map { found.queries[$0] },
            unmatched: found.unmatched)
    }

    /// The texts of queries that need no ids.
    ///
    /// - Throws: `RecordError` with the line of what has no text, and for a file without any.
    static func readTexts(_ path: String, encoding: TextEncoding) throws -> [String] {
        var records = try RecordReader(path: path, encoding: encoding)
        var texts: [String] = []
        while let record = try records.next() {
            guard let text = record.fields["text"]?.string ?? record.fields["query"]?.string else {
                throw RecordError(path: path, line: record.line, reason: "expected the field \"text\"")
            }
            texts.append(text)
        }
        guard !texts.isEmpty else { throw RecordError(path: path, reason: "there are no questions in this file") }
        return texts
    }
}

/// A BEIR folder's corpus: a document's text is its title and its text.
private struct BEIRCorpus: DocumentSource {
    let path: String

    func forEach(_ body: (Document) throws -> Void) throws {
        var records = try RecordReader(path: path)
        while let record = try records.next() {
            guard let id = record.fields["_id"]?.string, let text = record.fields["text"]?.string else {
                throw RecordError(path: path, line: record.line, reason: "expected the fields \"_id\" and \"text\"")
            }
            let title = record.fields["title"]?.string ?? ""
            let whole = title.isEmpty ? text : text.isEmpty ? title : title + " " + text
            try body(Document(id: id, question: whole))
        }
    }
}
