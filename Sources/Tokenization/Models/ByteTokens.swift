/// The tokens `<0x00>` to `<0xFF>`, which stand for bytes of characters that a vocabulary lacks.
struct ByteTokens: Sendable {
    private let ids: [Int32]
    private static let none: Int32 = -1

    /// Those that a vocabulary has.
    init(_ trie: DoubleArrayTrie) {
        ids = (0...UInt8.max).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            let token = "<0x\(byte < 16 ? "0" : "")\(digits)>"
            return trie.value(of: token.utf8).map(Int32.init) ?? Self.none
        }
    }

    @inline(__always)
    func id(of byte: UInt8) -> Int32? {
        let id = ids[Int(byte)]
        return id == Self.none ? nil : id
    }
}
