import Glibc
import Tensors
import TestSupport
import Testing

@Suite struct `Self-attention` {
    /// softmax(Q · Kᵀ / √d) · V of one sequence in double precision, term by term.
    private static func naive(_ qkv: [Float], heads: Int, d: Int) -> [Double] {
        let hidden = heads * d
        let length = qkv.count / (3 * hidden)
        func at(_ row: Int, _ part: Int, _ head: Int, _ i: Int) -> Double {
            Double(qkv[row * 3 * hidden + part * hidden + head * d + i])
        }
        var context = [Double](repeating: 0, count: length * hidden)
        for head in 0..<heads {
            for row in 0..<length {
                let scores = (0..<length).map { key in
                    (0..<d).reduce(0) { $0 + at(row, 0, head, $1) * at(key, 1, head, $1) }
                        / Double(d).squareRoot()
                }
                let largest = scores.max() ?? 0
                let weights = scores.map { exp($0 - largest) }
                let total = weights.reduce(0, +)
                for i in 0..<d {
                    context[row * hidden + head * d + i] =
                        (0..<length).reduce(0) { $0 + weights[$1] * at($1, 2, head, i) } / total
                }
            }
        }
        return context
    }

    private static func attend(
        _ qkv: [Float], heads: Int, d: Int, starts: [Int32], _ worker: Worker
    ) throws -> [Float] {
        let pass = Pass(with: worker, precision: .f32)
        return try SelfAttention(heads: heads, headSize: d)
            .forward(Variable(qkv, columns: 3 * heads * d), starts: starts, in: pass).value.values
    }

    @Test(
        arguments: Arithmetic.instructions,
        [(1, 8), (2, 32), (3, 12), (7, 1), (8, 16), (9, 33), (16, 32), (17, 64), (31, 5), (130, 48)])
    func `weighs the values by the softmax of the scores`(
        instructions: String, sizes: (length: Int, d: Int)
    ) throws {
        var random = SplitMix64(seed: 5)
        let qkv = random.floats(sizes.length * 3 * 2 * sizes.d, scale: 2)
        let context = try Self.attend(
            qkv, heads: 2, d: sizes.d, starts: [0, Int32(sizes.length)],
            Worker(threads: 1, instructions: instructions))
        let expected = Self.naive(qkv, heads: 2, d: sizes.d)
        #expect(largestDifference(context, expected) < 4e-6)
    }

    @Test(arguments: Arithmetic.instructions)
    func `is sure where one score is far above the others`(instructions: String) throws {
        // Scores of 400 and -400: the exponential of the difference is 0 in f32.
        let d = 4
        let rows: [[Float]] = [[20, 20, 20, 20], [-20, -20, -20, -20]]
        let qkv = rows.flatMap { $0 + $0 + $0.map { $0 / 20 } }
        let context = try Self.attend(
            qkv, heads: 1, d: d, starts: [0, 2], Worker(threads: 1, instructions: instructions))
        #expect(context == [1, 1, 1, 1, -1, -1, -1, -1])
    }

    @Test(arguments: Arithmetic.instructions)
    func `gives a sequence the same bits beside any others and on any number of threads`(
        instructions: String
    ) throws {
        let (heads, d) = (3, 16)
        let columns = 3 * heads * d
        let lengths = [1, 5, 16, 33, 2, 0, 64, 7]
        var random = SplitMix64(seed: 6)
        let sequences = lengths.map { random.floats($0 * columns) }
        var starts: [Int32] = [0]
        for length in lengths { starts.append(starts[starts.count - 1] + Int32(length)) }
        for threads in [1, 2, 3] {
            let worker = try Worker(threads: threads, instructions: instructions)
            let packed = try Self.attend(
                Array(sequences.joined()), heads: heads, d: d, starts: starts, worker)
            for (index, sequence) in sequences.enumerated() {
                let alone = try Self.attend(
                    sequence, heads: heads, d: d, starts: [0, Int32(lengths[index])], worker)
                let rows = Int(starts[index]) * heads * d..<Int(starts[index + 1]) * heads * d
                #expect(alone == Array(packed[rows]))
            }
        }
    }
}
