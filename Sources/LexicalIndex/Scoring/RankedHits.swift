/// Hits from which the best can be taken one after the other: a binary heap, made in O(n), at
/// O(log n) a hit.
struct RankedHits {
    private var heap: [LexicalHit]

    init(_ hits: [LexicalHit]) {
        heap = hits
        for place in (0..<heap.count / 2).reversed() { sink(place) }
    }

    /// Takes the hit with the highest score, of equal ones that with the lowest key; nil when none
    /// is left.
    mutating func popBest() -> LexicalHit? {
        guard let best = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink(0)
        }
        return best
    }

    /// Moves a hit down until it is not behind those below it.
    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, Self.isBetter(heap[child + 1], heap[child]) { child += 1 }
            guard Self.isBetter(heap[child], heap[place]) else { return }
            heap.swapAt(place, child)
            place = child
        }
    }

    private static func isBetter(_ one: LexicalHit, _ other: LexicalHit) -> Bool {
        one.score != other.score ? one.score > other.score : one.document < other.document
    }
}
