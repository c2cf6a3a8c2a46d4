/// Merges that wait, as a binary heap: the lowest rank first, of equal ranks the leftmost.
struct MergeQueue: Sendable {
    private struct Merge {
        /// The rank above the place.
        let order: UInt64
        let id: Int32
    }

    private var merges: [Merge] = []

    mutating func removeAll() { merges.removeAll(keepingCapacity: true) }

    @inline(__always)
    mutating func push(rank: UInt32, place: Int, id: Int32) {
        let merge = Merge(
            order: UInt64(rank) << 32 | UInt64(UInt32(truncatingIfNeeded: place)), id: id)
        merges.append(merge)
        var child = merges.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if merges[parent].order <= merge.order { break }
            merges[child] = merges[parent]
            child = parent
        }
        merges[child] = merge
    }

    @inline(__always)
    mutating func popFirst() -> (place: Int, id: Int32)? {
        guard let first = merges.first, let last = merges.popLast() else { return nil }
        if !merges.isEmpty {
            var parent = 0
            while true {
                var child = 2 * parent + 1
                if child >= merges.count { break }
                if child + 1 < merges.count, merges[child + 1].order < merges[child].order {
                    child += 1
                }
                if last.order <= merges[child].order { break }
                merges[parent] = merges[child]
                parent = child
            }
            merges[parent] = last
        }
        return (Int(first.order & 0xFFFF_FFFF), first.id)
    }
}
