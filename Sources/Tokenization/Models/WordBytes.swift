/// A word in UTF-8, as labels of a `DoubleArrayTrie`, and which scalar each byte is of.
struct WordBytes: Sendable {
    private(set) var labels: [UInt8] = []
    /// For each byte the scalar, counted from the beginning of the word.
    private(set) var scalars: [Int32] = []

    var count: Int { labels.count }

    @inline(__always)
    mutating func encode(_ word: Range<Int>, of text: AlignedText) {
        labels.removeAll(keepingCapacity: true)
        scalars.removeAll(keepingCapacity: true)
        for index in word {
            let scalar = Int32(truncatingIfNeeded: index - word.lowerBound)
            _ = forEachUTF8(text[index].value) { byte in
                labels.append(DoubleArrayTrie.label(byte))
                scalars.append(scalar)
                return true
            }
        }
    }

    /// How many bytes the scalar has that begins with a label.
    @inline(__always)
    static func length(_ label: UInt8) -> Int {
        label == 0xFF ? 1 : label.utf8SequenceLength
    }

    /// The byte of a label.
    @inline(__always)
    static func byte(_ label: UInt8) -> UInt8 { label == 0xFF ? 0 : label }
}
