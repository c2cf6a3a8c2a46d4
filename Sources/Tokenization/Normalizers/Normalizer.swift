/// Rewrites text before it is split: the second stage, after the added tokens of the raw text.
protocol Normalizer: Sendable {
    /// The name in `tokenizer.json`.
    var name: String { get }

    /// Appends the normalized form of `source` to `result`. Linear in the length of `source`.
    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText)
}

extension Field {
    private static let normalizers = [
        "BertNormalizer", "ByteLevel", "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt",
        "Precompiled", "Prepend", "Replace", "Sequence", "Strip", "StripAccents",
    ]

    /// The normalizer that this value describes.
    func normalizer() throws(TokenizerError) -> any Normalizer {
        switch try stage() {
        case "BertNormalizer": try BertNormalizer(self)
        case "ByteLevel": ByteLevelNormalizer()
        case "Lowercase": LowercaseNormalizer()
        case "NFC": UnicodeNormalizer.nfc
        case "NFD": NFDNormalizer()
        case "NFKC": UnicodeNormalizer.nfkc
        case "NFKD": UnicodeNormalizer.nfkd
        case "Nmt": NmtNormalizer()
        case "Precompiled": try PrecompiledNormalizer(self)
        case "Prepend": try PrependNormalizer(self)
        case "RecentCompatibility": RecentCompatibilityNormalizer()
        case "Replace": try ReplaceNormalizer(self)
        case "Sequence": try NormalizerSequence(self)
        case "Strip": try StripNormalizer(self)
        case "StripAccents": StripAccentsNormalizer()
        case let other: throw unknownStage(other, known: Self.normalizers)
        }
    }
}
