/// Which scalars compose, and what scalars are compatible with, as Hugging Face's tokenizers know it.
final class UnicodeCompositions: Sendable {
    static let shared = UnicodeCompositions()

    /// What is known of a code point, so that most need no search.
    private let kinds: CodePointTable
    private static let second: UInt8 = 1
    private static let compatible: UInt8 = 2

    /// Pairs that compose, the first above the second, ascending.
    private let pairs: [UInt64]
    private let composed: [UInt32]
    /// Code points with a compatibility decomposition, ascending, and where in
    /// `CompositionTables.compatibility` each begins.
    private let codePoints: [UInt32]
    private let places: [Int]
    private let scalars = CompositionTables.compatibility

    private init() {
        var kinds: [UInt32: UInt8] = [:]
        var pairs: [UInt64] = []
        var composed: [UInt32] = []
        let table = CompositionTables.pairs
        for index in stride(from: 0, to: table.count, by: 3) {
            pairs.append(Self.key(table[index], table[index + 1]))
            composed.append(table[index + 2])
            kinds[table[index + 1], default: 0] |= Self.second
        }
        for jamo in Hangul.seconds { kinds[jamo, default: 0] |= Self.second }
        var codePoints: [UInt32] = []
        var places: [Int] = []
        var place = 0
        while place < scalars.count {
            codePoints.append(scalars[place] >> 8)
            places.append(place)
            kinds[scalars[place] >> 8, default: 0] |= Self.compatible
            place += 1 + Int(scalars[place] & 0xFF)
        }
        self.pairs = pairs
        self.composed = composed
        self.codePoints = codePoints
        self.places = places
        var runs: [UInt32] = []
        for codePoint in kinds.keys.sorted() {
            if runs.last == codePoint << 8 { runs.removeLast() }
            runs.append(codePoint << 8 | UInt32(kinds[codePoint] ?? 0))
            runs.append((codePoint + 1) << 8)
        }
        self.kinds = CodePointTable(runs: runs)
    }

    private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 {
        UInt64(first) << 32 | UInt64(second)
    }

    /// What two scalars compose to, or nil.
    @inline(__always)
    func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        kinds[second] & Self.second == 0 ? nil : composedPair(first, second)
    }

    private func composedPair(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if let syllable = Hangul.composed(first, second) { return syllable }
        let key = Self.key(first, second)
        let place = firstPlace(below: pairs.count) { pairs[$0] >= key }
        return place < pairs.count && pairs[place] == key ? composed[place] : nil
    }

    /// The compatibility decomposition where it is not the canonical one, else nil.
    @inline(__always)
    func compatibility(of scalar: UInt32) -> ArraySlice<UInt32>? {
        kinds[scalar] & Self.compatible == 0 ? nil : decomposition(of: scalar)
    }

    private func decomposition(of scalar: UInt32) -> ArraySlice<UInt32>? {
        let place = firstPlace(below: codePoints.count) { codePoints[$0] >= scalar }
        guard place < codePoints.count, codePoints[place] == scalar else { return nil }
        let start = places[place] + 1
        return scalars[start..<start + Int(scalars[start - 1] & 0xFF)]
    }
}
