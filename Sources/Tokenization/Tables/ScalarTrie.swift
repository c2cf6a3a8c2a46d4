/// Prefix trees over Unicode scalars, kept in one open-addressing hash table.
///
/// An entry is found by the node it leaves and the scalar it takes, so a step costs one look-up
/// whatever the alphabet. One table holds several trees; each has a root of its own.
struct ScalarTrie: Sendable {
    typealias Node = UInt32

    /// What stands in for the id at nodes where no token ends.
    static let noToken: Int32 = -1

    struct Entry: Sendable, BitwiseCopyable {
        /// The node it leaves and the scalar it takes; 0 when the slot is free, as no node is 0.
        fileprivate var key: UInt64 = 0
        /// The node it leads to.
        fileprivate(set) var node: Node = 0
        /// The id of the token that ends there, or `noToken`.
        fileprivate(set) var token: Int32 = noToken
    }

    /// A power of two of slots, of which some are free.
    let entries: Column<Entry>
    private let hashShift: UInt64

    /// The trees that a builder has made.
    init(_ builder: ScalarTrieBuilder) {
        entries = Column(builder.entries)
        hashShift = Self.hashShift(slots: entries.count)
    }

    /// Trees that were built before.
    ///
    /// - Parameter tokens: the ids that they may lead to.
    /// - Returns: nil when the slots are no power of two, none is free, or another id stands there.
    init?(_ entries: Column<Entry>, tokens: Range<Int32>) {
        guard entries.count > 1, entries.count.nonzeroBitCount == 1 else { return nil }
        var isFull = true
        for index in 0..<entries.count {
            let entry = entries[index]
            if entry.key == 0 { isFull = false }
            guard entry.token == Self.noToken || tokens.contains(entry.token) else { return nil }
        }
        if isFull { return nil }
        self.entries = entries
        hashShift = Self.hashShift(slots: entries.count)
    }

    /// The entry that leaves `node` by `scalar`, or nil. O(1).
    @inline(__always)
    func entry(from node: Node, by scalar: UInt32) -> Entry? {
        let key = Self.key(node, scalar)
        let mask = entries.count - 1
        var slot = Self.slot(of: key, hashShift)
        while true {
            let entry = entries[slot]
            if entry.key == key { return entry }
            if entry.key == 0 { return nil }
            slot = (slot + 1) & mask
        }
    }

    /// The id of a token below `root`, or nil.
    func token(_ scalars: some Sequence<Unicode.Scalar>, below root: Node) -> Int32? {
        var node = root
        var token = Self.noToken
        for scalar in scalars {
            guard let entry = entry(from: node, by: scalar.value) else { return nil }
            node = entry.node
            token = entry.token
        }
        return token == Self.noToken ? nil : token
    }

    fileprivate static func hashShift(slots: Int) -> UInt64 {
        UInt64(UInt64.bitWidth - slots.trailingZeroBitCount)
    }

    @inline(__always)
    fileprivate static func key(_ node: Node, _ scalar: UInt32) -> UInt64 {
        UInt64(node) << 21 | UInt64(scalar)
    }

    /// Where to begin looking: the highest bits of the key times 2⁶⁴ divided by the golden ratio.
    @inline(__always)
    fileprivate static func slot(of key: UInt64, _ hashShift: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> hashShift)
    }
}

/// Makes a `ScalarTrie`.
struct ScalarTrieBuilder {
    typealias Entry = ScalarTrie.Entry

    fileprivate private(set) var entries: [Entry]
    private var hashShift: UInt64
    private var entryCount = 0
    private var lastNode: ScalarTrie.Node = 0

    /// - Parameter minimumCapacity: how many entries it will have at least.
    init(minimumCapacity: Int = 0) {
        var size = 16
        while size * 5 / 8 < minimumCapacity { size *= 2 }
        entries = Array(repeating: Entry(), count: size)
        hashShift = ScalarTrie.hashShift(slots: size)
    }

    /// A new empty tree; the first has the root 1, the next 2 and so on.
    mutating func addRoot() -> ScalarTrie.Node {
        lastNode += 1
        return lastNode
    }

    /// Adds a token below `root`, unless it is empty; false when it was there already.
    mutating func insert(
        _ scalars: some Sequence<Unicode.Scalar>, below root: ScalarTrie.Node, token: Int32
    ) -> Bool {
        var node = root
        var last: Int?
        for scalar in scalars {
            let slot = slotForInserting(ScalarTrie.key(node, scalar.value))
            node = entries[slot].node
            last = slot
        }
        guard let last else { return true }
        guard entries[last].token == ScalarTrie.noToken else { return false }
        entries[last].token = token
        return true
    }

    private mutating func slotForInserting(_ key: UInt64) -> Int {
        if entryCount >= entries.count * 5 / 8 { grow() }
        let slot = freeOrEqualSlot(key)
        if entries[slot].key == 0 {
            lastNode += 1
            entryCount += 1
            entries[slot] = Entry(key: key, node: lastNode)
        }
        return slot
    }

    private func freeOrEqualSlot(_ key: UInt64) -> Int {
        let mask = entries.count - 1
        var slot = ScalarTrie.slot(of: key, hashShift)
        while entries[slot].key != 0, entries[slot].key != key {
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func grow() {
        let old = entries
        entries = Array(repeating: Entry(), count: 2 * old.count)
        hashShift = ScalarTrie.hashShift(slots: entries.count)
        for entry in old where entry.key != 0 {
            entries[freeOrEqualSlot(entry.key)] = entry
        }
    }
}
