/// Byte pair encoding: characters are merged pair by pair in the order in which training found the
/// pairs (Sennrich et al. 2016; Hugging Face: models/bpe/model.rs and word.rs).
///
/// `dropout` is ignored: it is for training.
struct BPE: TokenModel {
    let name = "BPE"
    private let tables: BPETables
    /// What is before the text of characters that do not begin a word, in the vocabulary.
    private let continuingPrefix: [UInt8]
    /// What is after the text of characters that end one.
    private let endSuffix: [UInt8]
    /// The token of unknown characters; nil when they are dropped.
    private let unknownID: Int32?
    /// Whether unknown characters in a row become one token.
    private let fusesUnknown: Bool
    private let byteTokens: ByteTokens?
    /// Whether a word that is a token is that token, whatever the merges say.
    private let ignoresMerges: Bool
    /// The tokens of the first characters of Unicode, which are most of those that are looked up.
    private let commonIDs: [Int32]

    private static let none: Int32 = -1
    private static let commonCount: UInt32 = 0x250

    var vocabulary: Vocabulary { tables.vocabulary }

    var sections: [[UInt8]] { tables.sections }

    init(_ field: Field) throws(TokenizerError) {
        func text(_ member: String) throws(TokenizerError) -> String {
            try field.optionalMember(member)?.string() ?? ""
        }
        func flag(_ member: String) throws(TokenizerError) -> Bool {
            try field.optionalMember(member)?.bool() ?? false
        }
        let prefix = try text("continuing_subword_prefix")
        let suffix = try text("end_of_word_suffix")
        if let compiled = field.compiled {
            guard let tables = BPETables(compiled) else { throw field.damaged }
            self.tables = tables
        } else {
            tables = try BPETables(field, prefix: prefix)
        }
        let trie = tables.trie
        continuingPrefix = Array(prefix.utf8)
        endSuffix = Array(suffix.utf8)
        fusesUnknown = try flag("fuse_unk")
        ignoresMerges = try flag("ignore_merges")
        let fallsBack = try flag("byte_fallback")
        if fallsBack, !prefix.isEmpty || !suffix.isEmpty {
            throw try field.member("byte_fallback").error(
                "is not supported together with continuing_subword_prefix or end_of_word_suffix",
                kind: .unsupported)
        }
        byteTokens = fallsBack ? ByteTokens(trie) : nil
        unknownID = try Self.unknownID(field, trie)
        commonIDs = (0..<Self.commonCount).map { scalar in
            var bytes: [UInt8] = []
            _ = forEachUTF8(scalar) { byte in
                bytes.append(byte)
                return true
            }
            return trie.value(of: bytes).map(Int32.init) ?? Self.none
        }
    }

    private static func unknownID(
        _ field: Field, _ trie: DoubleArrayTrie
    ) throws(TokenizerError) -> Int32? {
        guard let member = try field.optionalMember("unk_token") else { return nil }
        let unknown = try member.string()
        if let id = trie.value(of: unknown.utf8) { return Int32(truncatingIfNeeded: id) }
        // A vocabulary of all bytes has no need of it.
        let hasAllBytes = ByteLevelAlphabet.scalars.allSatisfy { scalar in
            Unicode.Scalar(scalar).map { trie.value(of: String($0).utf8) != nil } ?? false
        }
        if hasAllBytes { return nil }
        throw member.error("the token \"\(unknown)\" is not in the vocabulary")
    }

    func id(of token: String) -> Int32? { tables.trie.value(of: token.utf8).map(Int32.init) }

    /// Buffers of one word after the other.
    struct Scratch: Sendable {
        fileprivate var word = WordBytes()
        fileprivate var symbols: [Symbol] = []
        fileprivate var queue = MergeQueue()
    }

    /// A token of the word as merged so far, in a list that is linked both ways.
    fileprivate struct Symbol {
        var id: Int32
        /// In bytes of the word; 0 once it has become a part of the one before.
        var length: Int32
        var previous: Int32
        var next: Int32
    }

    func tokenize(
        _ words: [Range<Int>], of text: AlignedText, _ scratch: inout ModelScratch,
        into tokens: inout TokenList
    ) {
        for word in words {
            scratch.bpe.word.encode(word, of: text)
            if ignoresMerges,
                let id = tables.trie.value(of: scratch.bpe.word.labels.lazy.map(WordBytes.byte))
            {
                tokens.append(Int32(truncatingIfNeeded: id), word, of: text)
                continue
            }
            addSymbols(word, of: text, &scratch.bpe)
            merge(&scratch.bpe.symbols, &scratch.bpe.queue)
            append(word, of: text, scratch.bpe, to: &tokens)
        }
    }

    // MARK: Characters

    /// Leaves the tokens of the word's characters in `scratch.symbols`.
    private func addSymbols(_ word: Range<Int>, of text: AlignedText, _ scratch: inout Scratch) {
        scratch.symbols.removeAll(keepingCapacity: true)
        // How many bytes of unknown characters wait to be told whether more follow.
        var unknownLength = 0
        let isPlain = continuingPrefix.isEmpty && endSuffix.isEmpty
        for index in word {
            let scalar = text[index].value
            let length = utf8Length(scalar)
            let id =
                isPlain
                ? self.id(of: scalar)
                : self.id(
                    of: scalar, isFirst: index == word.lowerBound,
                    isLast: index == word.upperBound - 1)
            if id != Self.none {
                addUnknown(&unknownLength, &scratch.symbols)
                Self.add(id, length, &scratch.symbols)
            } else if !addByteTokens(of: scalar, &scratch.symbols), unknownID != nil {
                if !fusesUnknown { addUnknown(&unknownLength, &scratch.symbols) }
                unknownLength += length
            }
        }
        addUnknown(&unknownLength, &scratch.symbols)
    }

    @inline(__always)
    private func addUnknown(_ length: inout Int, _ symbols: inout [Symbol]) {
        guard length > 0, let unknownID else { return }
        Self.add(unknownID, length, &symbols)
        length = 0
    }

    @inline(__always)
    private static func add(_ id: Int32, _ length: Int, _ symbols: inout [Symbol]) {
        let place = Int32(truncatingIfNeeded: symbols.count)
        if place > 0 { symbols[Int(place) - 1].next = place }
        symbols.append(
            Symbol(
                id: id, length: Int32(truncatingIfNeeded: length), previous: place - 1,
                next: none))
    }

    private func addByteTokens(of scalar: UInt32, _ symbols: inout [Symbol]) -> Bool {
        guard let byteTokens, forEachUTF8(scalar, { byteTokens.id(of: $0) != nil }) else {
            return false
        }
        return forEachUTF8(scalar) { byte in
            Self.add(byteTokens.id(of: byte) ?? Self.none, 1, &symbols)
            return true
        }
    }

    /// The token of a character alone.
    @inline(__always)
    private func id(of scalar: UInt32) -> Int32 {
        if scalar < Self.commonCount { return commonIDs[Int(scalar)] }
        guard var node = tables.trie.root else { return Self.none }
        var isKey = false
        let isFollowed = forEachUTF8(scalar) {
            tables.trie.follow($0, from: &node, isKey: &isKey)
        }
        guard isFollowed, isKey, let id = tables.trie.value(at: node) else { return Self.none }
        return Int32(truncatingIfNeeded: id)
    }

    /// The token of a character with what the vocabulary has around it.
    private func id(of scalar: UInt32, isFirst: Bool, isLast: Bool) -> Int32 {
        var key = isFirst ? [] : continuingPrefix
        _ = forEachUTF8(scalar) { byte in
            key.append(byte)
            return true
        }
        if isLast { key += endSuffix }
        return tables.trie.value(of: key).map(Int32.init) ?? Self.none
    }

    // MARK: Merges

    /// Merges pairs, those of the lowest rank first and of these the leftmost, until none is left.
    private func merge(_ symbols: inout [Symbol], _ queue: inout MergeQueue) {
        if symbols.count < 2 { return }
        queue.removeAll()
        for place in 0..<symbols.count - 1 {
            push(symbols[place].id, symbols[place + 1].id, at: place, &queue)
        }
        while let (place, id) = queue.popFirst() {
            let symbol = symbols[place]
            // The queue holds pairs that have changed since.
            guard symbol.length > 0, symbol.next != Self.none else { continue }
            let right = symbols[Int(symbol.next)]
            guard tables.merges.merge(symbol.id, right.id)?.id == id else { continue }
            symbols[place] = Symbol(
                id: id, length: symbol.length + right.length, previous: symbol.previous,
                next: right.next)
            symbols[Int(symbol.next)].length = 0
            if right.next != Self.none {
                symbols[Int(right.next)].previous = Int32(truncatingIfNeeded: place)
                push(id, symbols[Int(right.next)].id, at: place, &queue)
            }
            if symbol.previous != Self.none {
                let previous = Int(symbol.previous)
                push(symbols[previous].id, id, at: previous, &queue)
            }
        }
    }

    @inline(__always)
    private func push(_ left: Int32, _ right: Int32, at place: Int, _ queue: inout MergeQueue) {
        if let merge = tables.merges.merge(left, right) {
            queue.push(rank: merge.rank, place: place, id: merge.id)
        }
    }

    private func append(
        _ word: Range<Int>, of text: AlignedText, _ scratch: Scratch, to tokens: inout TokenList
    ) {
        let scalars = scratch.word.scalars
        var start = 0
        for symbol in scratch.symbols where symbol.length > 0 {
            // Unknown characters that were dropped leave the word longer than its tokens.
            let end = start + Int(symbol.length)
            let first = word.lowerBound + Int(scalars[start])
            let last = word.lowerBound + Int(scalars[end - 1])
            tokens.append(symbol.id, first..<last + 1, of: text)
            start = end
        }
    }
}
