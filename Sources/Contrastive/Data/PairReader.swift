internal import Evaluation
internal import JSON
package import Records
package import SemanticSearch

/// Reads pairs from files and looks their documents up in a corpus.
package struct PairReader {
    private let fields: PairFields
    /// A score from which on a pair counts as belonging together, after scaling to [0, 1].
    let positiveFrom: Double
    private let corpus: Corpus?
    private let encoding: TextEncoding
    private(set) var rawPairs: [RawPair] = []

    /// - Parameter encoding: of the files of pairs and of queries.
    package init(fields: PairFields, positiveFrom: Double, corpus: Corpus?, encoding: TextEncoding = .utf8) {
        self.fields = fields
        self.positiveFrom = positiveFrom
        self.corpus = corpus
        self.encoding = encoding
    }

    /// - Throws: `RecordError` with the line of what cannot be read.
    package mutating func read(_ path: String, format: RecordFormat? = nil) throws(RecordError) {
        var records = try RecordReader(path: path, format: format, encoding: encoding)
        var count = 0
        while let record = try records.next() {
            count += 1
            if let pair = try fields.pair(record, path: path) { rawPairs.append(pair) }
        }
        guard count > 0 else { throw RecordError(path: path, reason: "there are no pairs in this file") }
    }

    /// Reads queries (see `readQueries`) and the documents relevant to them, as `Qrels` reads them. A
    /// relevance of 0 makes a labelled negative; judgements of other queries are passed over.
    package mutating func read(queries path: String, qrels qrelsPath: String) throws(RecordError) {
        let (ids, texts) = try readQueries(at: path, encoding: encoding)
        let queries = Dictionary(uniqueKeysWithValues: zip(ids.map { Array($0.utf8) }, texts))
        var found: [RawPair] = []
        try Qrels.forEachJudgement(in: qrelsPath) { query, document, relevance, line in
            guard let text = queries[Array(query)] else { return }
            found.append(
                RawPair(
                    query: text, positiveIDs: [String(decoding: document, as: UTF8.self)],
                    label: relevance > 0 ? 1 : 0, path: qrelsPath, line: line))
        }
        rawPairs += found
    }

    /// Whether some pair has no text beside the id of its document.
    package var namesDocumentsOnly: Bool { rawPairs.contains { $0.positives.isEmpty && !$0.positiveIDs.isEmpty } }

    /// The range of the scores that were read; nil where there are none.
    package var scoreRange: ClosedRange<Double>? {
        let scores = rawPairs.compactMap(\.score)
        guard let low = scores.min(), let high = scores.max() else { return nil }
        return low...high
    }

    /// All pairs, with scores scaled to [0, 1] by `range`.
    ///
    /// - Parameter texts: pairs read before, whose texts the new ones share.
    /// - Throws: `TrainingError` that lists ids which the corpus lacks.
    package func pairSet(
        scoreRange range: ClosedRange<Double>?, extending texts: PairSet = PairSet()
    ) throws(TrainingError) -> PairSet {
        var set = texts
        set.pairs = []
        if let corpus { corpus.addDocuments(to: &set) }
        var unknown: [(id: String, raw: RawPair)] = []
        for raw in rawPairs {
            let query = set.insertQuery(raw.query)
            var score = Float(raw.label ?? 1)
            if let value = raw.score, let range {
                let width = range.upperBound - range.lowerBound
                score = width > 0 ? Float((value - range.lowerBound) / width) : 1
            }
            let label = raw.label ?? (raw.score == nil ? 1 : Double(score) >= positiveFrom ? 1 : 0)
            let negatives = raw.negatives.map { set.passages.insert($0) }
            var passages: [[Int]] = []
            // With a corpus its ids say more than texts do.
            let usesIDs = !raw.positiveIDs.isEmpty && (corpus != nil || raw.positives.isEmpty)
            if !usesIDs {
                for text in raw.positives {
                    let passage = set.passages.insert(text)
                    // What else stands for a document of this text is correct too.
                    passages.append([passage] + (corpus?.texts(beside: text) ?? []).map { set.passages.insert($0) })
                }
            }
            for id in usesIDs ? raw.positiveIDs : [] {
                guard let corpus, let texts = corpus.texts(of: id) else {
                    unknown.append((id, raw))
                    continue
                }
                passages.append(texts.map { set.passages.insert($0) })
            }
            for texts in passages {
                if label != 0 { set.positives[query].formUnion(texts) }
                set.pairs.append(
                    TrainingPair(
                        query: query, passage: texts[0], negatives: negatives, label: label,
                        score: score))
            }
        }
        if let first = unknown.first?.raw {
            let distinct = Array(Set(unknown.map(\.id))).sorted()
            let shown = distinct.prefix(10).map { "\"\($0)\"" }.joined(separator: ", ")
            throw TrainingError(
                "\(first.path):\(first.line)",
                corpus == nil
                    ? "pairs name documents by id (\(shown)); give the corpus with --corpus"
                    : "the corpus has no document with the id \(shown)"
                        + (distinct.count > 10 ? " and \(distinct.count - 10) more" : ""))
        }
        return set
    }
}
