/// Rewrites text before it is split: the second stage, after the added tokens of the raw text.
protocol Normalizer: Sendable {
    /// The name in `tokenizer.json`.
    var name: String { get }

    /// Appends the normalized form of `source` to `result`. Linear in the length of `source`.
    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText)
}

extension Field {
    /// The normalizer that this value describes.
    func normalizer() throws(TokenizerError) -> any Normalizer {
        switch try stage() {
        case "BertNormalizer": try BertNormalizer(self)
        case "Lowercase": LowercaseNormalizer()
        case "NFD": NFDNormalizer()
        case "Sequence": try NormalizerSequence(self)
        case "StripAccents": StripAccentsNormalizer()
        case let other: throw unsupportedStage(other)
        }
    }
}
