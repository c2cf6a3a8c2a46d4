/// Latin and Greek letters without their accents.
///
/// Unicode names an accented letter "… LETTER X WITH …", also those that it does not decompose,
/// such as `ø` and `ł`; the letter without is the one that is named "… LETTER X".
enum LetterFolding {
    /// The blocks of accented lower-case letters: Latin, Greek, and the extensions of both.
    private static let blocks: [ClosedRange<UInt32>] = [
        0xDF...0x24F, 0x370...0x3FF, 0x1E00...0x1FFF,
    ]

    private static let table: [Unicode.Scalar: Unicode.Scalar] = {
        var plain: [Substring: Unicode.Scalar] = [:]
        for value in [0x61...0x7A, 0xE6...0xF8, 0x3B1...0x3C9].joined() {
            if let scalar = Unicode.Scalar(UInt32(value)), let name = scalar.properties.name {
                plain[name[...]] = scalar
            }
        }
        var table: [Unicode.Scalar: Unicode.Scalar] = ["ς": "σ"]
        for scalar in blocks.joined().compactMap(Unicode.Scalar.init) {
            guard let name = scalar.properties.name, let end = name.firstRange(of: " WITH ") else {
                continue
            }
            table[scalar] = plain[name[..<end.lowerBound]]
        }
        return table
    }()

    /// The letter without accents; any other character itself.
    static func withoutAccents(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        blocks.contains { $0.contains(scalar.value) } ? table[scalar] ?? scalar : scalar
    }
}
