internal import BiEncoder

/// A pair set's texts as the model sees them.
struct TrainingTexts {
    let queries: TokenizedTexts
    let passages: TokenizedTexts

    init(_ set: PairSet, _ encoder: BiEncoder) {
        queries = encoder.tokenize(set.queries.texts, as: .query)
        passages = encoder.tokenize(set.passages.texts, as: .passage)
    }

    /// How many texts were too long and were cut.
    var truncated: Int { queries.cut.count { $0 > 0 } + passages.cut.count { $0 > 0 } }
}

/// The texts of one batch: queries, then their passages, then hard negatives.
struct BatchTexts {
    let texts: TokenizedTexts
    let pairs: Int
    let labels: [Float]
    let scores: [Float]
    let excluded: [[Int]]
    let hardNegatives: [[Int]]

    /// - Parameter masksPositives: whether known positives and equal texts are excluded. What a labelled
    ///   negative does not belong to stays its negative wherever it stands.
    init(
        _ members: [Int], of set: PairSet, _ texts: TrainingTexts, masksPositives: Bool
    ) {
        let pairs = members.map { set.pairs[$0] }
        // Each negative once, wherever it comes from.
        var candidates = pairs.map(\.passage)
        var columns: [Int: Int] = [:]
        hardNegatives = pairs.map { pair in
            pair.negatives.map { passage in
                if let column = columns[passage] { return column }
                columns[passage] = candidates.count
                candidates.append(passage)
                return candidates.count - 1
            }
        }
        excluded = pairs.indices.map { row in
            guard masksPositives else { return [] }
            let correct = set.positives[pairs[row].query]
            return candidates.indices.filter { column in
                let passage = candidates[column]
                return column != row
                    && (correct.contains(passage)
                        || passage == pairs[row].passage && pairs[row].label != 0
                        || set.passages[passage] == set.queries[pairs[row].query])
            }
        }
        self.pairs = pairs.count
        labels = pairs.map(\.label)
        scores = pairs.map(\.score)
        var all = texts.queries.selecting(pairs.map(\.query))
        all.append(contentsOf: texts.passages.selecting(candidates))
        self.texts = all
    }

    /// An unlabelled batch for SimCSE: each text twice, told apart by dropout alone.
    /// Gao, Yao and Chen, "SimCSE", EMNLP 2021, section 3.
    init(twice members: [Int], of passages: TokenizedTexts) {
        pairs = members.count
        labels = members.map { _ in 1 }
        scores = labels
        excluded = members.map { _ in [] }
        hardNegatives = excluded
        texts = passages.selecting(members + members)
    }

    var tokens: Int { (0..<texts.count).reduce(0) { $0 + texts[$1].count } }

    /// Runs of texts of at most `limit` tokens each, or of one text.
    func chunks(limit: Int) -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        var start = 0
        var tokens = 0
        for index in 0..<texts.count {
            let count = texts[index].count
            if index > start, tokens + count > limit {
                chunks.append(start..<index)
                start = index
                tokens = 0
            }
            tokens += count
        }
        if start < texts.count { chunks.append(start..<texts.count) }
        return chunks
    }

    func lossBatch(_ vectors: [Float], dimensions: Int) -> LossBatch {
        LossBatch(
            anchors: Array(vectors[..<(pairs * dimensions)]),
            candidates: Array(vectors[(pairs * dimensions)...]), dimensions: dimensions,
            labels: labels, scores: scores, excluded: excluded, hardNegatives: hardNegatives)
    }
}
