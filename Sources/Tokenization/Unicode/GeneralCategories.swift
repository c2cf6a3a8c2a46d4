/// General categories as the regular expressions of Hugging Face's tokenizers know them: those of
/// Oniguruma.
struct GeneralCategories: Sendable {
    static let shared = GeneralCategories()

    private let table = CodePointTable(runs: CategoryTables.runs)

    /// The number of each category in `CategoryTables`.
    private static let names = [
        "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps",
        "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co",
    ]

    /// The categories whose names begin so, a bit each; none when there is no such category.
    static func mask(_ prefixes: String...) -> UInt32 {
        names.enumerated().reduce(0) { mask, category in
            prefixes.contains { category.element.hasPrefix($0) }
                ? mask | 1 << UInt32(category.offset) : mask
        }
    }

    /// The category of a scalar as a bit.
    @inline(__always)
    func bit(of scalar: UInt32) -> UInt32 { 1 << UInt32(table[scalar]) }
}
