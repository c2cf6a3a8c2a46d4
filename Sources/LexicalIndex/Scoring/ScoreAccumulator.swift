/// The scores of documents while a search adds to them.
struct ScoreAccumulator {
    /// By key, when most keys up to the largest are in use; 0 where nothing was added. Otherwise
    /// empty.
    private var dense: [Double]
    /// By key, otherwise.
    private var sparse: [UInt64: Double] = [:]
    private let largest: UInt64

    /// - Parameters:
    ///   - documents: How many documents there are.
    ///   - largest: The largest key of a document.
    init(documents: UInt64, largest: UInt64) {
        self.largest = largest
        // An array takes 8 bytes a key, a dictionary some 32 bytes a document and far more time.
        // Both numbers are below 2⁶⁰ where they are compared.
        let isDense = largest < 1024 || largest / 16 < documents
        dense =
            isDense && largest < 1 << 32
            ? [Double](repeating: 0, count: Int(largest) + 1) : []
    }

    /// Adds to the score of a document; false, without adding, when the key is beyond the largest.
    @inline(__always)
    mutating func add(_ score: Double, to document: UInt64) -> Bool {
        if document > largest { return false }
        if dense.isEmpty {
            sparse[document, default: 0] += score
        } else {
            dense[Int(document)] += score
        }
        return true
    }

    /// Every document that has a score above 0, in no order.
    var hits: [LexicalHit] {
        if dense.isEmpty {
            return sparse.map { LexicalHit(document: $0.key, score: $0.value) }
        }
        var hits: [LexicalHit] = []
        for (document, score) in dense.enumerated() where score > 0 {
            hits.append(LexicalHit(document: UInt64(document), score: score))
        }
        return hits
    }
}
