import Tensors
import Testing

@Suite struct `Pooling of token vectors` {
    /// Rows 1 to 3 are the sequence; row 0 belongs to another.
    static let rows: [Float] = [100, 100, 1, 8, 2, 4, 6, -3]

    static let expectations: [(Pooling, Int, [Double])] = [
        (.cls, 0, [1, 8]), (.lastToken, 0, [6, -3]), (.max, 0, [6, 8]), (.mean, 0, [3, 3]),
        // (1·1 + 2·2 + 3·6) / 6 and (1·8 + 2·4 - 3·3) / 6
        (.weightedMean, 0, [23.0 / 6, 7.0 / 6]),
        // 9 / √3
        (.meanSqrtLength, 0, [5.196152, 5.196152]),
        (.cls, 1, [1, 8]), (.max, 1, [6, 4]), (.mean, 1, [4, 0.5]), (.mean, 2, [6, -3]),
        // (2·2 + 3·6) / 5 and (2·4 - 3·3) / 5
        (.weightedMean, 1, [4.4, -0.2]),
    ]

    @Test(arguments: expectations)
    func `follows sentence-transformers' formulas`(
        pooling: Pooling, skipped: Int, expected: [Double]
    ) {
        let x = Tensor(Self.rows, columns: 2)
        var y: [Float] = [7, 0, 0, 7]
        var span = y.mutableSpan
        pooling.forward(x, rows: 1..<4, skipping: skipped, into: &span, at: 1)
        #expect(y[0] == 7 && y[3] == 7)
        #expect(largestDifference(Array(y[1...2]), expected) < 1e-6)
    }
}

@Suite struct `Unit length` {
    @Test(arguments: [([3, 4], [0.6, 0.8]), ([0, 0], [0, 0]), ([-2], [-1]), ([1e-20, 0], [1e-8, 0])])
    func `divides by the Euclidean length, but not by less than 1e-12`(
        vector: [Float], expected: [Double]
    ) {
        var vector = vector
        var span = vector.mutableSpan
        UnitLength.forward(&span)
        #expect(largestDifference(vector, expected) < 1e-7)
    }
}
