/// A prefix tree over bytes as a double array (Aoe 1989), in the layout of Darts-clone, which
/// SentencePiece's character maps have as well.
///
/// A unit is 32 bits: the label that leads to it in bits 0 to 7, whether a value ends there in bit
/// 8, and where its children are in bits 9 to 31: `offset` is exclusive-ored with the place of the
/// unit, then with a label, to give the place of a child. A value is the child of the label 0: bit
/// 31 is set, the others are the value.
///
/// Every step is checked against the bounds, so units that were damaged lead nowhere or to a wrong
/// value, and never out of the array.
struct DoubleArrayTrie: Sendable {
    let units: Column<UInt32>

    /// A place to go on from.
    typealias Node = UInt32

    init(_ units: Column<UInt32>) { self.units = units }

    /// Where every key begins, or nil when there are no units.
    @inline(__always)
    var root: Node? { units.count > 0 ? Self.offset(units[0]) : nil }

    /// Goes along a label other than 0.
    ///
    /// - Returns: whether it leads anywhere; `node` is undefined if not.
    @inline(__always)
    func follow(_ label: UInt8, from node: inout Node, isKey: inout Bool) -> Bool {
        node ^= UInt32(label)
        guard Int(node) < units.count else { return false }
        let unit = units[Int(node)]
        guard unit & 0x8000_00FF == UInt32(label) else { return false }
        isKey = unit & 0x100 != 0
        node ^= Self.offset(unit)
        return true
    }

    /// The value of a node that a key ends at; nil where the units are damaged.
    @inline(__always)
    func value(at node: Node) -> Int? {
        Int(node) < units.count ? Int(units[Int(node)] & 0x7FFF_FFFF) : nil
    }

    /// The value of a key. NUL cannot be a label, so it is looked up as 0xFF, which UTF-8 lacks.
    func value(of key: some Sequence<UInt8>) -> Int? {
        guard var node = root else { return nil }
        var isKey = false
        for byte in key {
            guard follow(Self.label(byte), from: &node, isKey: &isKey) else { return nil }
        }
        return isKey ? value(at: node) : nil
    }

    /// The label of a byte of UTF-8.
    @inline(__always)
    static func label(_ byte: UInt8) -> UInt8 { byte == 0 ? 0xFF : byte }

    @inline(__always)
    private static func offset(_ unit: UInt32) -> UInt32 {
        (unit >> 10) << ((unit & 0x200) >> 6)
    }
}
