import Tensors
import Testing

@Suite struct `A bucket of distances` {
    @Test func `is that of transformers' MPNet`() {
        // Where the next bucket begins, by PyTorch.
        let beginnings = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91]
        for distance in 0..<600 {
            let expected = beginnings.lastIndex { $0 <= distance } ?? 0
            #expect(RelativePositionBias.bucket(of: -distance, buckets: 32) == expected)
            guard distance > 0 else { continue }
            #expect(RelativePositionBias.bucket(of: distance, buckets: 32) == expected + 16)
        }
    }
}
