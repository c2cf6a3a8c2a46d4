/// Ids, numbered from 0 in the order in which they came. Equal are those of the same UTF-8 bytes.
///
/// A hash table with open addressing and linear probing over one array of bytes: a `Dictionary` of
/// strings takes ten times the memory and several times the time for the millions of a run.
struct IdentifierTable: Sendable {
    private var bytes: [UInt8] = []
    /// Where each id ends in `bytes`.
    private var ends: [Int] = []
    /// The number of the id in each slot, or -1. A power of two, at most half of them taken.
    private var slots = [Int32](repeating: -1, count: 16)

    var count: Int { ends.count }

    subscript(number: Int) -> String { String(decoding: bytes[range(of: number)], as: UTF8.self) }

    /// The number of an id, added if it is new.
    mutating func insert(_ id: UnsafeBufferPointer<UInt8>) -> Int {
        let slot = slot(of: id)
        if slots[slot] >= 0 { return Int(slots[slot]) }
        slots[slot] = Int32(count)
        bytes.append(contentsOf: id)
        ends.append(bytes.count)
        if 2 * count > slots.count { grow() }
        return count - 1
    }

    mutating func insert(_ id: String) -> Int {
        var id = id
        return id.withUTF8 { insert($0) }
    }

    /// The number of an id, nil when it is not there.
    func number(of id: String) -> Int? {
        var id = id
        let found = id.withUTF8 { slots[slot(of: $0)] }
        return found >= 0 ? Int(found) : nil
    }

    /// Whether an id is greater than another, byte by byte.
    func isGreater(_ a: Int, than b: Int) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            let (a, b) = (bytes[range(of: a)], bytes[range(of: b)])
            return b.lexicographicallyPrecedes(a)
        }
    }

    /// For each id its number in another table, or -1.
    func numbers(in other: IdentifierTable) -> [Int32] {
        bytes.withUnsafeBufferPointer { bytes in
            (0..<count).map { number in
                other.slots[other.slot(of: UnsafeBufferPointer(rebasing: bytes[range(of: number)]))]
            }
        }
    }

    private func range(of number: Int) -> Range<Int> {
        (number == 0 ? 0 : ends[number - 1])..<ends[number]
    }

    /// The slot that has the id, or the free one where it belongs.
    private func slot(of id: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(id))
        var slot = hasher.finalize() & (slots.count - 1)
        bytes.withUnsafeBufferPointer { bytes in
            while slots[slot] >= 0 {
                let range = range(of: Int(slots[slot]))
                if range.count == id.count, bytes[range].elementsEqual(id) { break }
                slot = (slot + 1) & (slots.count - 1)
            }
        }
        return slot
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: 2 * slots.count)
        let bytes = bytes
        bytes.withUnsafeBufferPointer { bytes in
            for number in 0..<count {
                let slot = slot(of: UnsafeBufferPointer(rebasing: bytes[range(of: number)]))
                slots[slot] = Int32(number)
            }
        }
    }
}
