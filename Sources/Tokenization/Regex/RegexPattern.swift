/// A regular expression, or a plain text, that is sought in pieces of text.
///
/// Matches are those of Oniguruma: of those that begin leftmost, the one that backtracking comes to
/// first. Time is linear in the length of the text whatever the expression.
struct RegexPattern: Sendable {
    /// For most texts: repeated sets are taken at a stroke, what fails is tried again.
    private let program: RegexProgram
    /// For texts that this takes too long on: nothing is tried twice.
    private let steady: RegexProgram

    init(_ expression: String) throws(RegexError) {
        let node = try RegexParser.parse(expression)
        program = try RegexProgram(node, usesRuns: true)
        steady = try RegexProgram(node, usesRuns: false)
    }

    /// A pattern that matches a text as it is.
    init(text: String) throws(RegexError) {
        let node = RegexNode.sequence(text.unicodeScalars.map { .set(ScalarSet($0.value)) })
        program = try RegexProgram(node, usesRuns: true)
        steady = program
    }

    /// Calls `body` with the parts of a piece of text in their order: matches and what lies between.
    /// Between is never empty; matches may be.
    @inline(__always)
    func forEachPart(
        of piece: Range<Int>, in text: AlignedText, _ body: (Range<Int>, _ isMatch: Bool) -> Void
    ) {
        var matcher = RegexMatcher(piece, of: text)
        var end = piece.lowerBound
        var start = end
        var lastMatchEnd: Int?
        while start <= piece.upperBound {
            guard let match = matcher.firstMatch(from: start, program, steady, in: text) else { break }
            // An empty match right after another does not count.
            if match.isEmpty, match.lowerBound == lastMatchEnd {
                start += 1
                continue
            }
            if end < match.lowerBound { body(end..<match.lowerBound, false) }
            body(match, true)
            end = match.upperBound
            start = end
            lastMatchEnd = end
        }
        if end < piece.upperBound { body(end..<piece.upperBound, false) }
    }
}

extension Field {
    /// The pattern of `{"String": …}` or `{"Regex": …}`.
    func pattern() throws(TokenizerError) -> RegexPattern {
        if let text = try optionalMember("String") {
            let text = try text.string()
            return try regex { () throws(RegexError) in try RegexPattern(text: text) }
        }
        return try regex(try member("Regex").string())
    }

    /// A regular expression that this value asks for.
    func regex(_ expression: String) throws(TokenizerError) -> RegexPattern {
        try regex { () throws(RegexError) in try RegexPattern(expression) }
    }

    private func regex(
        _ make: () throws(RegexError) -> RegexPattern
    ) throws(TokenizerError) -> RegexPattern {
        do {
            return try make()
        } catch {
            throw self.error(
                "the expression is not supported: \(error.reason)", kind: .unsupported)
        }
    }
}
