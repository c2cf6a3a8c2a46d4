internal import BiEncoder
internal import Evaluation
internal import Tensors

/// Held-out pairs, and how well a model ranks or scores them.
struct DevelopmentSet {
    let metric: DevelopmentMetric
    private let set: PairSet
    private let queries: [Int]
    private let passages: [Int]
    private let queryTokens: TokenizedTexts
    private let passageTokens: TokenizedTexts
    /// For each document the places of its texts in `passages`.
    private let documents: [[Int]]

    /// - Parameters:
    ///   - set: the pairs to be judged. Documents, or else all passages that the set's table has, are
    ///     what queries are searched in.
    ///   - metric: nil for the one that fits the pairs.
    init(_ set: PairSet, metric: DevelopmentMetric?, texts: TrainingTexts) {
        let metric = metric ?? DevelopmentMetric(fitting: set)
        let ranks = metric == .mrr || metric == .map
        self.set = set
        self.metric = metric
        queries = Array(Set(set.pairs.filter { !ranks || $0.label != 0 }.map(\.query))).sorted()
        passages = ranks
            ? (set.documents.isEmpty ? Array(0..<set.passages.count) : Array(Set(set.documents.joined())).sorted())
            : Array(Set(set.pairs.map(\.passage))).sorted()
        queryTokens = texts.queries.selecting(queries)
        passageTokens = texts.passages.selecting(passages)
        let places = Dictionary(uniqueKeysWithValues: passages.enumerated().map { ($1, $0) })
        documents = set.documents.isEmpty
            ? passages.indices.map { [$0] } : set.documents.map { $0.compactMap { places[$0] } }
    }

    /// How many queries, or pairs, are judged.
    var count: Int { metric == .mrr || metric == .map ? queries.count : set.pairs.count }

    /// The metric's value with the model as it is.
    func score(_ encoder: BiEncoder, with worker: Worker) throws -> Double {
        var left = try encoder.embed(queryTokens)
        var right = try encoder.embed(passageTokens)
        left.scaleToUnitLength()
        right.scaleToUnitLength()
        switch metric {
        case .mrr, .map: return try rankingScore(left, right, with: worker)
        case .ap, .spearman: return pairScore(left, right)
        }
    }

    private func rankingScore(
        _ left: Embeddings, _ right: Embeddings, with worker: Worker
    ) throws -> Double {
        let passagePlaces = Dictionary(uniqueKeysWithValues: passages.enumerated().map { ($1, $0) })
        var holders = [[Int]](repeating: [], count: passages.count)
        for (document, texts) in documents.enumerated() {
            for text in texts { holders[text].append(document) }
        }
        var total = 0.0
        // Few queries at a time, so that memory grows with the passages alone.
        for start in stride(from: 0, to: queries.count, by: 64) {
            let block = start..<min(start + 64, queries.count)
            var scores = [Float](repeating: 0, count: block.count * right.count)
            var span = scores.mutableSpan
            let width = left.dimensions
            try MatrixProduct.add(
                left.values.span.extracting(block.lowerBound * width..<block.upperBound * width),
                right.values.span, transposingB: true, m: block.count, n: right.count, k: width,
                to: &span, with: worker)
            for (row, query) in block.enumerated() {
                let best = documents.map { texts in
                    texts.reduce(-2) { max($0, scores[row * right.count + $1]) }
                }
                let relevant = Set(
                    set.positives[queries[query]].compactMap { passagePlaces[$0] }
                        .flatMap { holders[$0] })
                let ranks = ranks(of: relevant, in: best)
                total += metric == .map ? averagePrecision(ranks) : ranks.first.map { 1 / Double($0) } ?? 0
            }
        }
        return total / Double(max(queries.count, 1))
    }

    private func pairScore(_ left: Embeddings, _ right: Embeddings) -> Double {
        let rows = Dictionary(uniqueKeysWithValues: queries.enumerated().map { ($1, $0) })
        let columns = Dictionary(uniqueKeysWithValues: passages.enumerated().map { ($1, $0) })
        let cosines = set.pairs.map { pair -> Double in
            guard let row = rows[pair.query], let column = columns[pair.passage] else { return 0 }
            return zip(left[row], right[column]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        if metric == .spearman { return Correlation.spearman(cosines, set.pairs.map { Double($0.score) }) ?? 0 }
        let relevant = Set(set.pairs.indices.filter { set.pairs[$0].label != 0 })
        return averagePrecision(ranks(of: relevant, in: cosines.map(Float.init)))
    }
}
