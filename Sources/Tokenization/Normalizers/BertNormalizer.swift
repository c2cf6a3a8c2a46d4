/// The normalizer of BERT: cleans, sets ideographs apart, strips accents, lower-cases.
///
/// The four steps are those of Hugging Face's `BertNormalizer`. Each looks at one scalar at a time,
/// canonical ordering aside, so they are done in one pass.
struct BertNormalizer: Normalizer {
    let name = "BertNormalizer"
    /// Removes control characters and makes every white space a plain space.
    let cleansText: Bool
    /// Puts a space before and after every CJK ideograph.
    let separatesIdeographs: Bool
    /// Decomposes canonically and removes nonspacing marks.
    let stripsAccents: Bool
    let lowercases: Bool

    private let unicode = UnicodeProperties.shared
    /// What becomes of each ASCII character, or `removed`.
    private let ascii: [UInt8]
    private static let removed: UInt8 = 0xFF

    init(cleansText: Bool, separatesIdeographs: Bool, stripsAccents: Bool?, lowercases: Bool) {
        self.cleansText = cleansText
        self.separatesIdeographs = separatesIdeographs
        self.stripsAccents = stripsAccents ?? lowercases
        self.lowercases = lowercases
        let unicode = unicode
        ascii = (0..<0x80).map { (character: UInt8) in
            let record = unicode.record(of: UInt32(character))
            if cleansText, record.flags.contains(.control) { return Self.removed }
            if cleansText, record.flags.contains(.whiteSpace) { return UInt8(ascii: " ") }
            return lowercases && record.lowercaseCount == 1
                ? UInt8(truncatingIfNeeded: record.lowercase) : character
        }
    }

    init(_ field: Field) throws(TokenizerError) {
        self.init(
            cleansText: try field.member("clean_text").bool(),
            separatesIdeographs: try field.member("handle_chinese_chars").bool(),
            stripsAccents: try field.optionalMember("strip_accents")?.bool(),
            lowercases: try field.member("lowercase").bool())
    }

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        var followUp: CanonicalDecomposer.FollowUp = .removeNonspacingMarks
        if lowercases { followUp.insert(.lowercase) }
        var decomposer = CanonicalDecomposer(unicode: unicode, followUp: followUp)
        for index in source.indices {
            let scalar = source[index]
            if scalar.value < 0x80 {
                let character = ascii[Int(scalar.value)]
                if character == Self.removed { continue }
                decomposer.finish(into: &result)
                result.append(AlignedScalar(UInt32(character), origin: scalar.origin))
            } else {
                normalize(scalar, &decomposer, into: &result)
            }
        }
        decomposer.finish(into: &result)
    }

    private func normalize(
        _ scalar: AlignedScalar, _ decomposer: inout CanonicalDecomposer,
        into result: inout AlignedText
    ) {
        let record = unicode.record(of: scalar.value)
        let space = AlignedScalar(0x20, origin: scalar.origin)
        if cleansText, record.flags.contains(.control) { return }
        if cleansText, record.flags.contains(.whiteSpace) {
            decomposer.finish(into: &result)
            result.append(space)
            return
        }
        let isSetApart = separatesIdeographs && record.flags.contains(.ideograph)
        if isSetApart {
            decomposer.finish(into: &result)
            result.append(space)
        }
        if stripsAccents {
            decomposer.push(scalar, record, into: &result)
        } else if lowercases {
            unicode.appendLowercased(scalar, record, to: &result)
        } else {
            result.append(scalar)
        }
        if isSetApart { result.append(space) }
    }
}
