internal import JSON

/// The vocabulary of a Unigram model as it is looked up.
struct UnigramTables {
    let vocabulary: Vocabulary
    let scores: Column<Double>
    let trie: DoubleArrayTrie

    /// Reads `[[token, score], …]`; ids are the places. Of equal tokens the last is found.
    ///
    /// O(size of the vocabulary).
    init(_ field: Field) throws(TokenizerError) {
        guard let elements = field.value.array else { throw field.mismatch("an array") }
        var scores: [Double] = []
        var texts: [(id: Int32, text: String)] = []
        var keys = FlatTexts()
        var ids: [UInt32] = []
        scores.reserveCapacity(elements.count + 1)
        texts.reserveCapacity(elements.count)
        for (place, element) in elements.enumerated() {
            guard let pair = element.array, pair.count == 2, let text = pair[0].string,
                let score = pair[1].double
            else {
                throw try field.elements()[place].error("should be a token and its score")
            }
            texts.append((Int32(truncatingIfNeeded: place), text))
            scores.append(UnigramScore.asRead(score))
            // The empty token is never found.
            if text.utf8.isEmpty { continue }
            keys.append(text)
            ids.append(UInt32(truncatingIfNeeded: place))
        }
        guard let lowest = scores.min(), scores.count <= Field.largestID else {
            throw field.error("should have from 1 to \(Field.largestID) tokens")
        }
        guard let units = DoubleArrayTrieBuilder.units(keys, values: ids) else {
            throw field.error("the tokens have too many letters")
        }
        self.scores = Column(scores + [lowest])
        vocabulary = try Vocabulary(texts, field: field)
        trie = DoubleArrayTrie(Column(units))
    }
}
