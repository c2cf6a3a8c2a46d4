/// What NFKC does, by the Unicode of Python 3.11's unicodedata, to characters that Hugging Face's tokenizers do
/// not know yet, among them ㋿ (令和).
///
/// No stage of a `tokenizer.json`: it stands before NFKC where transformers normalizes by unicodedata.
struct RecentCompatibilityNormalizer: Normalizer {
    let name = "RecentCompatibility"

    private static let replacements: [UInt32: ArraySlice<UInt32>] = {
        var found: [UInt32: ArraySlice<UInt32>] = [:]
        let table = RecentCompatibilityTable.scalars
        var place = 0
        while place < table.count {
            let end = place + 1 + Int(table[place] & 0xFF)
            found[table[place] >> 8] = table[place + 1..<end]
            place = end
        }
        return found
    }()
    private static let first = replacements.keys.min() ?? .max

    func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        for index in source.indices {
            let scalar = source[index]
            if scalar.value >= Self.first, let replacement = Self.replacements[scalar.value] {
                for value in replacement { result.append(AlignedScalar(value, origin: scalar.origin)) }
            } else {
                result.append(scalar)
            }
        }
    }
}
