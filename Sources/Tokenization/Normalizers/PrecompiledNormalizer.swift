internal import JSON

/// The character map of a SentencePiece model (Hugging Face: normalizers/precompiled.rs and the crate
/// spm_precompiled).
///
/// The map is a number of bytes, 32 bits, then so many bytes of a `DoubleArrayTrie` whose values are
/// places in the rest, which holds replacements that NUL ends. A grapheme of fewer than six bytes is
/// replaced as a whole by what its shortest beginning in the map has; of others each scalar is.
struct PrecompiledNormalizer: Normalizer {
    let name = "Precompiled"
    private let trie: DoubleArrayTrie
    private let texts: Column<UInt8>
    private let graphemes = GraphemeBreaks.shared
    /// Whether nothing replaces an ASCII character.
    private let isKept: [Bool]

    /// Graphemes of more bytes are taken apart.
    private static let longestGrapheme = 5
    /// What holds the map: in base 64, or in a compiled tokenizer the place of its section.
    static let mapMember = "precompiled_charsmap"

    init(_ field: Field) throws(TokenizerError) {
        let member = try field.member(Self.mapMember)
        let map = try Self.map(member)
        let size = map.count < 4 ? 0 : map.lending(0..<4, as: UInt32.self).map { Int($0[0]) } ?? 0
        guard size >= 4, size.isMultiple(of: 4), size <= map.count - 4,
            let units = map.lending(4..<4 + size, as: UInt32.self),
            let texts = map.lending(4 + size..<map.count, as: UInt8.self),
            String(validating: texts[0..<texts.count], as: UTF8.self) != nil
        else { throw member.error("should be a character map of SentencePiece in base 64") }
        let trie = DoubleArrayTrie(units)
        self.trie = trie
        self.texts = texts
        isKept = (0..<0x80).map { (character: UInt8) in
            guard character > 0, var node = trie.root else { return true }
            var isKey = false
            return !(trie.follow(character, from: &node, isKey: &isKey) && isKey)
        }
    }

    /// The bytes of the map: of the section that a compiled tokenizer names, or in base 64.
    private static func map(_ member: Field) throws(TokenizerError) -> Column<UInt8> {
        if let compiled = member.compiled, let section = member.value.integer {
            guard let map = compiled.column(section, of: UInt8.self) else {
                throw member.error("should be the place of a section")
            }
            return map
        }
        guard let bytes = base64(try member.string()) else {
            throw member.error("should be a character map of SentencePiece in base 64")
        }
        return Column(bytes)
    }

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        var aligner = ChangeAligner()
        var start = 0
        while start < source.count {
            let end = graphemes.end(of: source, from: start)
            if end == start + 1 {
                let value = source[start].value
                if value < 0x80, isKept[Int(value)] {
                    aligner.push(value, change: 0, source, into: &result)
                } else {
                    replaceScalar(start, of: source, &aligner, into: &result)
                }
            } else if length(of: source, start..<end) <= Self.longestGrapheme,
                let text = replacement(for: source, start..<end)
            {
                replace(end - start, by: text, &aligner, source, into: &result)
            } else {
                for index in start..<end {
                    replaceScalar(index, of: source, &aligner, into: &result)
                }
            }
            start = end
        }
        aligner.finish(source, into: &result)
    }

    private func length(of source: Span<AlignedScalar>, _ range: Range<Int>) -> Int {
        range.reduce(0) { $0 + utf8Length(source[$1].value) }
    }

    @inline(__always)
    private func replaceScalar(
        _ index: Int, of source: Span<AlignedScalar>, _ aligner: inout ChangeAligner,
        into result: inout AlignedText
    ) {
        if let text = replacement(for: source, index..<index + 1) {
            replace(1, by: text, &aligner, source, into: &result)
        } else {
            aligner.push(source[index].value, change: 0, source, into: &result)
        }
    }

    /// Where the replacement of the shortest beginning of some scalars starts in `texts`, or nil.
    @inline(__always)
    private func replacement(for source: Span<AlignedScalar>, _ range: Range<Int>) -> Int? {
        guard var node = trie.root else { return nil }
        var isKey = false
        for index in range {
            let isFollowed = forEachUTF8(source[index].value) { byte in
                byte != 0 && trie.follow(byte, from: &node, isKey: &isKey) && !isKey
            }
            if !isFollowed { break }
        }
        guard isKey, let place = trie.value(at: node), isStart(place) else { return nil }
        return place
    }

    /// Whether a scalar begins at a place of `texts`, or they end there.
    private func isStart(_ place: Int) -> Bool {
        place == texts.count || place < texts.count && texts[place] & 0xC0 != 0x80
    }

    private func replace(
        _ count: Int, by place: Int, _ aligner: inout ChangeAligner, _ source: Span<AlignedScalar>,
        into result: inout AlignedText
    ) {
        var place = place
        var replaced = 0
        while place < texts.count, texts[place] != 0 {
            let length = texts[place].utf8SequenceLength
            var value = UInt32(texts[place]) & (length == 1 ? 0x7F : 0x7F >> UInt32(length))
            for index in place + 1..<place + length {
                value = value << 6 | UInt32(texts[index] & 0x3F)
            }
            aligner.push(value, change: replaced < count ? 0 : 1, source, into: &result)
            place += length
            replaced += 1
        }
        if replaced < count { aligner.addToLast(replaced - count) }
    }
}
