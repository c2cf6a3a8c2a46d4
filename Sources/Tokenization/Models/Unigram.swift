/// The Unigram model of SentencePiece: the tokens with the highest sum of scores that cover a word
/// (Kudo 2018, section 3.2; Hugging Face: models/unigram/model.rs, `encode_optimized`).
///
/// A character that no token covers alone may be unknown, at ten less than the lowest score. Unknown
/// characters in a row become one unknown token, or tokens of their bytes.
struct Unigram: TokenModel {
    let name = "Unigram"
    let vocabulary: Vocabulary
    private let trie: DoubleArrayTrie
    /// One for each id, then the lowest.
    private let scores: Column<Double>
    private let unknownID: Int32
    private let unknownScore: Double
    /// What unknown characters fall back to, or nil when they stay unknown.
    private let byteTokens: ByteTokens?

    private static let unknownPenalty = 10.0

    init(_ field: Field) throws(TokenizerError) {
        if let compiled = field.compiled {
            guard let vocabulary = Vocabulary(compiled),
                let scores = compiled.column(Vocabulary.sectionCount, of: Double.self),
                let units = compiled.column(Vocabulary.sectionCount + 1, of: UInt32.self),
                scores.count == vocabulary.count + 1, vocabulary.idBound == vocabulary.count
            else { throw field.damaged }
            self.vocabulary = vocabulary
            self.scores = scores
            trie = DoubleArrayTrie(units)
        } else {
            let tables = try UnigramTables(field.member("vocab"))
            vocabulary = tables.vocabulary
            scores = tables.scores
            trie = tables.trie
        }
        let trie = trie
        let unknownField = try field.member("unk_id")
        unknownID = try unknownField.id()
        guard Int(unknownID) < vocabulary.count else {
            throw unknownField.error(
                "the id \(unknownID) is not in the vocabulary of \(vocabulary.count) tokens")
        }
        unknownScore = scores[vocabulary.count] - Self.unknownPenalty
        let fallsBack = try field.optionalMember("byte_fallback")?.bool() ?? false
        byteTokens = fallsBack ? ByteTokens(trie) : nil
    }

    var sections: [[UInt8]] {
        vocabulary.sections + [Array(scores.bytes), Array(trie.units.bytes)]
    }

    func id(of token: String) -> Int32? { trie.value(of: token.utf8).map(Int32.init) }

    /// Buffers of one word after the other.
    struct Scratch: Sendable {
        fileprivate var word = WordBytes()
        /// For each place between bytes, the best way there.
        fileprivate var best: [Best] = []
        /// The tokens of the best way, the last first: their ends in bytes, and ids.
        fileprivate var path: [(end: Int32, id: Int32)] = []
    }

    /// The best way to a place: the score of all its tokens, and the last of these.
    fileprivate struct Best {
        var score = 0.0
        var start: Int32 = Best.none
        var id: Int32 = 0

        static let none: Int32 = -1
    }

    func tokenize(
        _ words: [Range<Int>], of text: AlignedText, _ scratch: inout ModelScratch,
        into tokens: inout TokenList
    ) {
        for word in words {
            scratch.unigram.word.encode(word, of: text)
            findBest(scratch.unigram.word.labels, &scratch.unigram.best)
            append(word, of: text, &scratch.unigram, to: &tokens)
        }
    }

    /// Viterbi's algorithm: every place in turn passes its score on along the tokens that begin
    /// there. Of equal scores the first to come stays: that of the longest token, which begins first.
    private func findBest(_ word: [UInt8], _ ways: inout [Best]) {
        let labels = word.span
        let count = labels.count
        ways.removeAll(keepingCapacity: true)
        ways.append(contentsOf: repeatElement(Best(), count: count + 1))
        guard let root = trie.root else { return }
        var best = ways.mutableSpan
        var start = 0
        while start < count {
            let length = WordBytes.length(labels[start])
            let score = best[start].score
            var isCovered = false
            var node = root
            var isKey = false
            var end = start
            while end < count, trie.follow(labels[end], from: &node, isKey: &isKey) {
                end += 1
                guard isKey, let id = trie.value(at: node), id < vocabulary.count else { continue }
                let candidate = scores[id] + score
                if best[end].start == Best.none || candidate > best[end].score {
                    best[end] = Best(
                        score: candidate, start: Int32(truncatingIfNeeded: start),
                        id: Int32(truncatingIfNeeded: id))
                }
                if end == start + length { isCovered = true }
            }
            if !isCovered {
                let candidate = unknownScore + score
                let end = start + length
                if best[end].start == Best.none || candidate > best[end].score {
                    best[end] = Best(
                        score: candidate, start: Int32(truncatingIfNeeded: start), id: unknownID)
                }
            }
            start += length
        }
    }

    private func append(
        _ word: Range<Int>, of text: AlignedText, _ scratch: inout Scratch,
        to tokens: inout TokenList
    ) {
        scratch.path.removeAll(keepingCapacity: true)
        var end = scratch.word.labels.count
        while end > 0 {
            let node = scratch.best[end]
            // Unknown characters in a row are one.
            if node.id != unknownID || scratch.path.last?.id != unknownID {
                scratch.path.append((Int32(truncatingIfNeeded: end), node.id))
            }
            end = max(0, min(end - 1, Int(node.start)))
        }
        var start = 0
        for (end, id) in scratch.path.reversed() {
            let range = start..<Int(end)
            let first = word.lowerBound + Int(scratch.word.scalars[start])
            let last = word.lowerBound + Int(scratch.word.scalars[Int(end) - 1])
            if id == unknownID {
                appendUnknown(scratch.word.labels[range], first..<last + 1, of: text, to: &tokens)
            } else {
                tokens.append(id, first..<last + 1, of: text)
            }
            start = Int(end)
        }
    }

    /// Appends what unknown characters become: the token that they are when taken together, else
    /// those of their bytes, else the unknown one.
    private func appendUnknown(
        _ labels: ArraySlice<UInt8>, _ range: Range<Int>, of text: AlignedText,
        to tokens: inout TokenList
    ) {
        let bytes = labels.lazy.map(WordBytes.byte)
        if let id = trie.value(of: bytes) {
            tokens.append(Int32(truncatingIfNeeded: id), range, of: text)
            return
        }
        if let byteTokens, bytes.allSatisfy({ byteTokens.id(of: $0) != nil }) {
            for byte in bytes {
                if let id = byteTokens.id(of: byte) { tokens.append(id, range, of: text) }
            }
            return
        }
        tokens.append(unknownID, range, of: text)
    }
}
