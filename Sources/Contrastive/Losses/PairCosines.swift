/// The cosines of the two sides of each pair, and the way back.
struct PairCosines {
    /// n numbers in [-1, 1].
    let values: [Double]
    private let anchors: NormalizedRows
    private let candidates: NormalizedRows
    private let dimensions: Int

    init(_ batch: LossBatch) {
        let (n, d) = (batch.pairs, batch.dimensions)
        let anchors = NormalizedRows(batch.anchors, dimensions: d, .unit)
        let candidates = NormalizedRows(Array(batch.candidates[..<(n * d)]), dimensions: d, .unit)
        values = (0..<n).map { row in
            (row * d..<(row + 1) * d).reduce(0) {
                $0 + Double(anchors.values[$1]) * Double(candidates.values[$1])
            }
        }
        self.anchors = anchors
        self.candidates = candidates
        dimensions = d
    }

    /// Derivatives with respect to the embeddings of those with respect to the cosines.
    func backward(_ gradient: [Double], into result: inout LossValue) {
        var left = [Float](repeating: 0, count: anchors.values.count)
        var right = left
        for index in left.indices {
            let weight = Float(gradient[index / dimensions])
            left[index] = weight * candidates.values[index]
            right[index] = weight * anchors.values[index]
        }
        anchors.backward(&left)
        candidates.backward(&right)
        for index in left.indices {
            result.anchors[index] += left[index]
            result.candidates[index] += right[index]
        }
    }
}
