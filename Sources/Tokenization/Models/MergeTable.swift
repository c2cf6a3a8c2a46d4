/// Which pairs of tokens merge into which, and in which order: an open-addressing hash table.
struct MergeTable: Sendable {
    struct Entry: Sendable, BitwiseCopyable {
        fileprivate let left: Int32
        fileprivate let right: Int32
        /// Lower ranks merge first.
        let rank: UInt32
        /// The token of both.
        let id: Int32

        fileprivate static let free = Entry(left: 0, right: 0, rank: 0, id: -1)
    }

    /// A power of two of slots, of which some are free.
    let entries: Column<Entry>
    private let hashShift: UInt64

    /// - Parameter merges: ids, by falling rank; of equal pairs the last counts.
    init(_ merges: [(left: Int32, right: Int32, id: Int32)]) {
        var size = 16
        while size / 2 < merges.count { size *= 2 }
        let shift = UInt64(UInt64.bitWidth - size.trailingZeroBitCount)
        var entries = Array(repeating: Entry.free, count: size)
        for (rank, merge) in merges.enumerated() {
            var slot = Self.slot(merge.left, merge.right, shift)
            while entries[slot].id >= 0,
                entries[slot].left != merge.left || entries[slot].right != merge.right
            {
                slot = (slot + 1) & (size - 1)
            }
            entries[slot] = Entry(
                left: merge.left, right: merge.right, rank: UInt32(truncatingIfNeeded: rank),
                id: merge.id)
        }
        self.entries = Column(entries)
        hashShift = shift
    }

    /// A table that was built before; nil when the slots are no power of two, none is free, or an id
    /// is not in `tokens`.
    init?(_ entries: Column<Entry>, tokens: Range<Int32>) {
        guard entries.count > 1, entries.count.nonzeroBitCount == 1 else { return nil }
        var isFull = true
        for index in 0..<entries.count {
            let id = entries[index].id
            if id < 0 {
                isFull = false
            } else if !tokens.contains(id) {
                return nil
            }
        }
        if isFull { return nil }
        self.entries = entries
        hashShift = UInt64(UInt64.bitWidth - entries.count.trailingZeroBitCount)
    }

    /// What two tokens merge into, or nil. O(1).
    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> Entry? {
        var slot = Self.slot(left, right, hashShift)
        while true {
            let entry = entries[slot]
            if entry.left == left, entry.right == right, entry.id >= 0 { return entry }
            if entry.id < 0 { return nil }
            slot = (slot + 1) & (entries.count - 1)
        }
    }

    @inline(__always)
    private static func slot(_ left: Int32, _ right: Int32, _ shift: UInt64) -> Int {
        let key = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
        return Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }
}
