internal import JSON

/// The vocabulary and the merges of a BPE model as they are looked up.
struct BPETables: Sendable {
    let vocabulary: Vocabulary
    let trie: DoubleArrayTrie
    let merges: MergeTable

    /// The tables of a compiled tokenizer; nil when there are none.
    init?(_ compiled: CompiledSections) {
        guard let vocabulary = Vocabulary(compiled),
            let units = compiled.column(Vocabulary.sectionCount, of: UInt32.self),
            let entries = compiled.column(Vocabulary.sectionCount + 1, of: MergeTable.Entry.self),
            let merges = MergeTable(entries, tokens: 0..<Int32(vocabulary.idBound))
        else { return nil }
        self.vocabulary = vocabulary
        trie = DoubleArrayTrie(units)
        self.merges = merges
    }

    /// What `init(_:)` takes.
    var sections: [[UInt8]] {
        vocabulary.sections + [Array(trie.units.bytes), Array(merges.entries.bytes)]
    }

    /// Reads the model's vocabulary and merges.
    ///
    /// - Parameter prefix: what tokens begin with that continue a word; it is not part of the text.
    init(_ field: Field, prefix: String) throws(TokenizerError) {
        let vocabularyField = try field.member("vocab")
        var texts: [(id: Int32, text: String)] = []
        var keys = FlatTexts()
        var ids: [UInt32] = []
        for (text, value) in try vocabularyField.members() {
            let id = try vocabularyField.id(of: text, value)
            texts.append((id, text))
            // The empty token is never found.
            if text.utf8.isEmpty { continue }
            keys.append(text)
            ids.append(UInt32(id))
        }
        guard let units = DoubleArrayTrieBuilder.units(keys, values: ids) else {
            throw vocabularyField.error("the tokens have too many letters")
        }
        vocabulary = try Vocabulary(texts, field: vocabularyField)
        trie = DoubleArrayTrie(Column(units))
        merges = try Self.merges(field.member("merges"), trie, prefix: prefix)
    }

    /// Reads `["a b", …]` or `[["a", "b"], …]`.
    private static func merges(
        _ field: Field, _ trie: DoubleArrayTrie, prefix: String
    ) throws(TokenizerError) -> MergeTable {
        guard let elements = field.value.array else { throw field.mismatch("an array") }
        var merges: [(left: Int32, right: Int32, id: Int32)] = []
        merges.reserveCapacity(elements.count)
        for (place, element) in elements.enumerated() {
            if element.string?.hasPrefix("#version") == true { continue }
            guard let (left, right) = pair(element) else {
                throw try field.elements()[place].error("should be two tokens")
            }
            func id(_ token: [UInt8]) throws(TokenizerError) -> Int32 {
                guard let id = trie.value(of: token) else {
                    let text = String(decoding: token, as: UTF8.self)
                    throw try field.elements()[place].error(
                        "the token \"\(text)\" is not in the vocabulary")
                }
                return Int32(truncatingIfNeeded: id)
            }
            merges.append(
                (try id(left), try id(right), try id(left + right.dropFirst(prefix.utf8.count))))
        }
        return MergeTable(merges)
    }

    private static func pair(_ value: JSONValue) -> ([UInt8], [UInt8])? {
        if let parts = value.array {
            guard parts.count == 2, let left = parts[0].string, let right = parts[1].string else {
                return nil
            }
            return (Array(left.utf8), Array(right.utf8))
        }
        guard let parts = value.string?.utf8.split(
            separator: UInt8(ascii: " "), omittingEmptySubsequences: false), parts.count == 2
        else { return nil }
        return (Array(parts[0]), Array(parts[1]))
    }
}
