/// Several normalizers, one after the other.
struct NormalizerSequence: Normalizer {
    let normalizers: [any Normalizer]

    init(_ field: Field) throws(TokenizerError) {
        var normalizers: [any Normalizer] = []
        for element in try field.member("normalizers").elements() {
            normalizers.append(try element.normalizer())
        }
        self.normalizers = normalizers
    }

    var name: String { "Sequence(\(normalizers.map(\.name).joined(separator: ", ")))" }

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        var text = AlignedText(copying: source)
        var next: AlignedText = []
        for normalizer in normalizers {
            next.removeAll(keepingCapacity: true)
            normalizer.normalize(text.span, into: &next)
            swap(&text, &next)
        }
        result.append(contentsOf: text)
    }
}
