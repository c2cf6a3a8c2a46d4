import Tensors
import TestSupport
import Testing

@Suite struct `Layer norm` {
    private static func naive(
        _ x: [Float], weight: [Float], bias: [Float], epsilon: Double
    ) -> [Double] {
        let h = weight.count
        return (0..<x.count / h).flatMap { row in
            let values = x[row * h..<(row + 1) * h].map(Double.init)
            let mean = values.reduce(0, +) / Double(h)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(h)
            return (0..<h).map {
                (values[$0] - mean) / (variance + epsilon).squareRoot() * Double(weight[$0])
                    + Double(bias[$0])
            }
        }
    }

    @Test(arguments: Arithmetic.instructions, [1, 3, 16, 31, 48, 385])
    func `gives rows mean 0 and variance 1, then scales and shifts`(
        instructions: String, h: Int
    ) throws {
        var random = SplitMix64(seed: 7)
        let (x, residual) = (random.floats(5 * h, scale: 3), random.floats(5 * h))
        let (weight, bias) = (random.floats(h), random.floats(h))
        let norm = LayerNorm(
            weight: Parameter(shape: [h], weight), bias: Parameter(shape: [h], bias), epsilon: 1e-5)
        let worker = try Worker(threads: 2, instructions: instructions)
        let pass = Pass(with: worker, precision: .f32)
        let y = try norm.forward(Variable(x, columns: h), in: pass).value
        let expected = Self.naive(x, weight: weight, bias: bias, epsilon: 1e-5)
        #expect(largestDifference(y.values, expected) < 5e-6)

        let sum = zip(x, residual).map(+)
        let ySum = try norm.forward(
            Variable(x, columns: h), plus: Variable(residual, columns: h), in: pass).value
        let expectedSum = Self.naive(sum, weight: weight, bias: bias, epsilon: 1e-5)
        #expect(largestDifference(ySum.values, expectedSum) < 5e-6)
    }
}
