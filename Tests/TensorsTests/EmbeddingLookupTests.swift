import Tensors
import TestSupport
import Testing

@Suite struct `Embedding lookup` {
    @Test(arguments: Arithmetic.instructions)
    func `sums the rows of word, position and type, and normalizes`(instructions: String) throws {
        let h = 19
        var random = SplitMix64(seed: 8)
        let (words, positions, types) = (random.floats(7 * h), random.floats(4 * h), random.floats(2 * h))
        let ones = Parameter(shape: [h], [Float](repeating: 1, count: h))
        let zeros = Parameter(shape: [h], [Float](repeating: 0, count: h))
        let norm = LayerNorm(weight: ones, bias: zeros, epsilon: 1e-12)
        let lookup = EmbeddingLookup(
            word: Parameter(shape: [7, h], words), position: Parameter(shape: [4, h], positions),
            tokenType: Parameter(shape: [2, h], types), norm: norm)
        let worker = try Worker(threads: 1, instructions: instructions)
        let pass = Pass(with: worker, precision: .f32)
        let y = try lookup.forward(
            ids: [6, 0, 3], positions: [0, 3, 1], types: [0, 1, 0], in: pass).value

        func row(_ table: [Float], _ index: Int) -> ArraySlice<Float> { table[index * h..<(index + 1) * h] }
        let sums = [(6, 0, 0), (0, 3, 1), (3, 1, 0)].flatMap { word, position, type in
            zip(zip(row(words, word), row(positions, position)), row(types, type)).map { $0.0 + $0.1 + $1 }
        }
        let expected = try norm.forward(Variable(sums, columns: h), in: pass).value
        #expect(y.values == expected.values)
    }
}
