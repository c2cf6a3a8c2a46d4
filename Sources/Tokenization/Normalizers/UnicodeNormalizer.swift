/// Unicode Normalization Form C, KC or KD (Hugging Face: normalizers/unicode.rs).
struct UnicodeNormalizer: Normalizer {
    let name: String
    private let isCompatible: Bool
    private let composes: Bool

    /// Canonical composition.
    static let nfc = UnicodeNormalizer(name: "NFC", isCompatible: false, composes: true)
    /// Compatibility composition.
    static let nfkc = UnicodeNormalizer(name: "NFKC", isCompatible: true, composes: true)
    /// Compatibility decomposition.
    static let nfkd = UnicodeNormalizer(name: "NFKD", isCompatible: true, composes: false)

    private init(name: String, isCompatible: Bool, composes: Bool) {
        self.name = name
        self.isCompatible = isCompatible
        self.composes = composes
    }

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        var composer = UnicodeComposer(isCompatible: isCompatible, composes: composes)
        composer.normalize(source, into: &result)
    }
}
