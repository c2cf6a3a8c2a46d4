/// Makes a `DoubleArrayTrie`, as Darts-clone does: depth first, each node's children at the first
/// place in the last blocks that has room for all of them.
struct DoubleArrayTrieBuilder {
    private var units: [UInt32] = []
    /// Whether the unit is a node or a value.
    private var isTaken: [Bool] = []
    /// Whether children of a node lie around this place; two nodes may not share one.
    private var isOffset: [Bool] = []
    /// The units that are not taken in the blocks that are open, as a ring.
    private var next: [Int32] = []
    private var previous: [Int32] = []
    private var firstFree: Int32 = -1

    private static let blockSize = 256
    /// How many of the last blocks are searched for room.
    private static let openBlocks = 16

    private struct Part {
        /// Which keys, in their order, go through the node.
        let keys: Range<Int>
        /// How many of their bytes led there.
        let depth: Int
        let unit: Int
    }

    /// The units of a tree, or nil when they would be too many for the layout.
    ///
    /// - Parameters:
    ///   - keys: well-formed UTF-8 and none empty; of equal ones the last counts.
    ///   - values: one for each key, below 2³¹.
    static func units(_ keys: FlatTexts, values: [UInt32]) -> [UInt32]? {
        var builder = DoubleArrayTrieBuilder()
        let order = keys.sortedPlaces()
        return builder.build(keys, order, values) ? builder.units : nil
    }

    private mutating func build(_ keys: FlatTexts, _ order: [Int], _ values: [UInt32]) -> Bool {
        addBlock()
        take(0)
        isOffset[0] = true
        var labels: [UInt8] = []
        var starts: [Int] = []
        var open = order.isEmpty ? [] : [Part(keys: 0..<order.count, depth: 0, unit: 0)]
        while let part = open.popLast() {
            labels.removeAll(keepingCapacity: true)
            starts.removeAll(keepingCapacity: true)
            for place in part.keys {
                let key = keys[order[place]]
                let label =
                    key.count == part.depth ? 0 : DoubleArrayTrie.label(key[key.startIndex + part.depth])
                if labels.last != label {
                    labels.append(label)
                    starts.append(place)
                }
            }
            starts.append(part.keys.upperBound)
            let offset = offset(for: labels, of: part.unit)
            guard setOffset(offset ^ part.unit, of: part.unit) else { return false }
            isOffset[offset] = true
            for (index, label) in labels.enumerated() {
                let child = offset ^ Int(label)
                take(child)
                let keys = starts[index]..<starts[index + 1]
                if label == 0 {
                    units[part.unit] |= 0x100
                    units[child] = 0x8000_0000 | values[order[keys.upperBound - 1]]
                } else {
                    units[child] = UInt32(label)
                }
            }
            // The last first, so that children are laid in the order of their labels.
            for (index, label) in labels.enumerated().reversed() where label != 0 {
                open.append(
                    Part(
                        keys: starts[index]..<starts[index + 1], depth: part.depth + 1,
                        unit: offset ^ Int(label)))
            }
        }
        return true
    }

    /// A place around which there is room for all labels.
    private mutating func offset(for labels: [UInt8], of unit: Int) -> Int {
        var free = firstFree
        if free >= 0 {
            repeat {
                let offset = Int(free) ^ Int(labels[0])
                if isRoom(at: offset, for: labels, of: unit) { return offset }
                free = next[Int(free)]
            } while free != firstFree
        }
        // A new block has room for everything. With the lowest bits of the unit the difference has
        // none, as far offsets must.
        let offset = units.count | unit & 0xFF
        addBlock()
        return offset
    }

    private func isRoom(at offset: Int, for labels: [UInt8], of unit: Int) -> Bool {
        if isOffset[offset] || !Self.isExpressible(offset ^ unit) { return false }
        return labels.allSatisfy { !isTaken[offset ^ Int($0)] }
    }

    /// Whether a unit can hold the difference: 21 bits, or 29 of which the last eight are 0.
    private static func isExpressible(_ difference: Int) -> Bool {
        difference < 1 << 21 || difference & 0xFF == 0 && difference < 1 << 29
    }

    private mutating func setOffset(_ difference: Int, of unit: Int) -> Bool {
        guard Self.isExpressible(difference) else { return false }
        units[unit] |= difference < 1 << 21
            ? UInt32(difference) << 10 : UInt32(difference) << 2 | 0x200
        return true
    }

    private mutating func addBlock() {
        let start = units.count
        units += repeatElement(0, count: Self.blockSize)
        isTaken += repeatElement(false, count: Self.blockSize)
        isOffset += repeatElement(false, count: Self.blockSize)
        next += repeatElement(-1, count: Self.blockSize)
        previous += repeatElement(-1, count: Self.blockSize)
        for place in start..<start + Self.blockSize { appendFree(Int32(place)) }
        let closed = start - Self.openBlocks * Self.blockSize
        if closed >= 0 {
            for place in closed..<closed + Self.blockSize where !isTaken[place] { removeFree(place) }
        }
    }

    private mutating func take(_ place: Int) {
        isTaken[place] = true
        removeFree(place)
    }

    private mutating func appendFree(_ place: Int32) {
        if firstFree < 0 {
            firstFree = place
            next[Int(place)] = place
            previous[Int(place)] = place
            return
        }
        let last = previous[Int(firstFree)]
        next[Int(last)] = place
        previous[Int(place)] = last
        next[Int(place)] = firstFree
        previous[Int(firstFree)] = place
    }

    private mutating func removeFree(_ place: Int) {
        let after = next[place]
        // Units of closed blocks have left the ring before.
        guard after >= 0 else { return }
        let before = previous[place]
        next[Int(before)] = after
        previous[Int(after)] = before
        next[place] = -1
        if firstFree == Int32(place) { firstFree = after == Int32(place) ? -1 : after }
    }
}

/// Texts in UTF-8, one after the other in one array.
struct FlatTexts {
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int] = []

    var count: Int { ends.count }

    subscript(place: Int) -> ArraySlice<UInt8> {
        bytes[(place == 0 ? 0 : ends[place - 1])..<ends[place]]
    }

    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        ends.append(bytes.count)
    }

    /// The places of the texts in ascending order of their bytes; equal texts as they came.
    func sortedPlaces() -> [Int] {
        // Eight bytes as a number decide almost every comparison.
        let heads = (0..<count).map { place in
            let text = self[place]
            return (0..<8).reduce(UInt64(0)) { head, index in
                head << 8 | (index < text.count ? UInt64(text[text.startIndex + index]) : 0)
            }
        }
        return (0..<count).sorted { a, b in
            if heads[a] != heads[b] { return heads[a] < heads[b] }
            let (first, second) = (self[a], self[b])
            if first.elementsEqual(second) { return a < b }
            return first.lexicographicallyPrecedes(second)
        }
    }
}
