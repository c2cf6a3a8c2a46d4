/// Finds added tokens in a text: of those that begin leftmost, the longest.
struct AddedTokenMatcher: Sendable {
    /// A part of a text: an added token, or what lies between two.
    struct Piece: Sendable {
        let range: Range<Int>
        let token: Int32?
    }

    private var tokens: [AddedToken] = []
    /// Patterns, with places in `tokens` for ids.
    private let trie: ScalarTrie
    private let root: ScalarTrie.Node
    /// Whether a pattern begins with this ASCII character.
    private var beginsWithASCII = Array(repeating: false, count: 0x80)
    private var beginsOutsideASCII = false
    private let unicode = UnicodeProperties.shared

    /// - Parameter patterns: tokens with the scalars to look for. An empty pattern is never found;
    ///   of equal patterns the first counts.
    init(_ patterns: [(token: AddedToken, pattern: AlignedText)]) {
        var builder = ScalarTrieBuilder()
        root = builder.addRoot()
        for (token, pattern) in patterns {
            guard let first = pattern.first?.value else { continue }
            let scalars = pattern.lazy.compactMap { Unicode.Scalar($0.value) }
            if builder.insert(scalars, below: root, token: Int32(tokens.count)) {
                tokens.append(token)
            }
            if first < 0x80 {
                beginsWithASCII[Int(first)] = true
            } else {
                beginsOutsideASCII = true
            }
        }
        trie = ScalarTrie(builder)
    }

    /// Appends the pieces of a text, in order and none empty.
    ///
    /// O(length × longest pattern); O(length) where no pattern begins.
    func split(_ text: AlignedText, into pieces: inout [Piece]) {
        var end = 0
        var position = 0
        while !tokens.isEmpty, position < text.count {
            guard let (match, token) = match(at: position, in: text) else {
                position += 1
                continue
            }
            position = match.upperBound
            if token.isSingleWord, touchesWord(match, in: text) { continue }
            var (start, stop) = (match.lowerBound, match.upperBound)
            if token.stripsLeft {
                start = max(start, end)
                while start > end, isWhiteSpace(text[start - 1]) { start -= 1 }
            }
            if token.stripsRight {
                while stop < text.count, isWhiteSpace(text[stop]) { stop += 1 }
            }
            if end < start { pieces.append(Piece(range: end..<start, token: nil)) }
            // A token can lie within the white space that the one before took along.
            if start < stop { pieces.append(Piece(range: start..<stop, token: token.id)) }
            end = stop
        }
        if end < text.count { pieces.append(Piece(range: end..<text.count, token: nil)) }
    }

    /// The longest pattern at a position.
    @inline(__always)
    private func match(
        at position: Int, in text: AlignedText
    ) -> (range: Range<Int>, token: AddedToken)? {
        let first = text[position].value
        guard first < 0x80 ? beginsWithASCII[Int(first)] : beginsOutsideASCII else { return nil }
        return longestMatch(at: position, in: text)
    }

    @inline(never)
    private func longestMatch(
        at position: Int, in text: AlignedText
    ) -> (range: Range<Int>, token: AddedToken)? {
        var node = root
        var index = position
        var longest: (range: Range<Int>, token: AddedToken)?
        while index < text.count, let entry = trie.entry(from: node, by: text[index].value) {
            index += 1
            node = entry.node
            if entry.token != ScalarTrie.noToken {
                longest = (position..<index, tokens[Int(entry.token)])
            }
        }
        return longest
    }

    private func touchesWord(_ match: Range<Int>, in text: AlignedText) -> Bool {
        match.lowerBound > 0 && isWord(text[match.lowerBound - 1])
            || match.upperBound < text.count && isWord(text[match.upperBound])
    }

    private func isWord(_ scalar: AlignedScalar) -> Bool {
        unicode.record(of: scalar.value).flags.contains(.word)
    }

    private func isWhiteSpace(_ scalar: AlignedScalar) -> Bool {
        unicode.record(of: scalar.value).flags.contains(.whiteSpace)
    }
}
