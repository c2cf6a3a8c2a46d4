/// Makes spaces a character of their own and splits before each (Hugging Face:
/// pre_tokenizers/metaspace.rs).
struct Metaspace: PreTokenizer {
    let name = "Metaspace"
    private let replacement: UInt32
    private let prependScheme: PrependScheme
    private let splits: Bool

    /// Where the replacement goes before a piece that does not begin with it.
    private enum PrependScheme: String, CaseIterable {
        /// To that with which the text begins.
        case first
        case never
        case always
    }

    init(_ field: Field) throws(TokenizerError) {
        replacement = try field.member("replacement").scalar()
        splits = try field.optionalMember("split")?.bool() ?? true
        let scheme = try field.optionalMember("prepend_scheme")
        prependScheme = try scheme?.choice(PrependScheme.self) ?? .always
        if let prefix = try field.optionalMember("add_prefix_space"), try !prefix.bool(),
            prependScheme != .never
        {
            throw prefix.error("contradicts prepend_scheme, which should be \"never\"")
        }
    }

    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>]) {
        var start = text.count
        text.reserveCapacity(start + piece.count + 1)
        let first = text[piece.lowerBound]
        if first.value != replacement, first.value != 0x20, prepends(at: first.origin) {
            text.append(AlignedScalar(replacement, origin: first.origin))
        }
        for index in piece {
            let scalar = text[index]
            let value = scalar.value == 0x20 ? replacement : scalar.value
            if splits, value == replacement, start < text.count {
                words.append(start..<text.count)
                start = text.count
            }
            text.append(AlignedScalar(value, origin: scalar.origin))
        }
        words.append(start..<text.count)
    }

    private func prepends(at origin: Int) -> Bool {
        switch prependScheme {
        case .first: origin == 0
        case .never: false
        case .always: true
        }
    }
}
