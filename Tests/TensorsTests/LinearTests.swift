import Dispatch
import Glibc
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite struct `Linear layers` {
    /// x · Wᵀ + b and the activation in double precision, term by term.
    private static func naive(
        _ x: [Float], _ weight: [Float], _ bias: [Float], inputs: Int, _ activation: Activation
    ) -> [Double] {
        let outputs = bias.count
        return (0..<x.count / inputs).flatMap { row in
            (0..<outputs).map { output in
                var sum = Double(bias[output])
                for i in 0..<inputs {
                    sum += Double(x[row * inputs + i]) * Double(weight[output * inputs + i])
                }
                switch activation {
                case .identity: return sum
                case .relu: return max(sum, 0)
                case .gelu: return sum / 2 * (1 + erf(sum / 2.0.squareRoot()))
                case .geluTanh:
                    let inner = (2 / Double.pi).squareRoot() * (sum + 0.044715 * sum * sum * sum)
                    return sum / 2 * (1 + tanh(inner))
                }
            }
        }
    }

    private struct Layer {
        let inputs: Int
        let weight: [Float]
        let bias: [Float]

        init(_ outputs: Int, _ inputs: Int, seed: UInt64) {
            var random = SplitMix64(seed: seed)
            self.inputs = inputs
            weight = random.floats(outputs * inputs)
            bias = random.floats(outputs)
        }

        /// - Parameter matrices: into how many the weights are divided, one below the other.
        func linear(
            _ activation: Activation, _ precision: Precision = .f32, matrices: Int = 1
        ) throws -> Linear {
            let rows = bias.count / matrices
            return try Linear(
                weight: (0..<matrices).map {
                    Parameter(
                        shape: [rows, inputs], Array(weight[$0 * rows * inputs..<($0 + 1) * rows * inputs]))
                },
                bias: Parameter(shape: [bias.count], bias), activation: activation,
                precision: precision, output: .f32)
        }
    }

    @Test(
        arguments: [(1, 1, 1), (3, 5, 7), (17, 16, 33), (64, 48, 48), (65, 96, 48), (129, 31, 127)],
        [Activation.identity, .gelu, .geluTanh, .relu])
    func `give the product, the bias and the activation`(
        sizes: (rows: Int, outputs: Int, inputs: Int), activation: Activation
    ) throws {
        let layer = Layer(sizes.outputs, sizes.inputs, seed: 1)
        var random = SplitMix64(seed: 2)
        let x = random.floats(sizes.rows * sizes.inputs)
        let pass = Pass(with: try Worker(threads: 1), precision: .f32)
        let y = try layer.linear(activation)
            .forward(Variable(x, columns: sizes.inputs), in: pass).value
        let expected = Self.naive(x, layer.weight, layer.bias, inputs: sizes.inputs, activation)
        // Sums of up to 127 products below 1, each rounded to f32.
        #expect(largestDifference(y.values, expected) < 2e-5)
    }

    @Test(arguments: Arithmetic.instructions)
    func `compute GELU to single precision`(instructions: String) throws {
        let ones = Parameter(shape: [1, 1], [1])
        let linear = try Linear(
            weight: [ones], bias: Parameter(shape: [1], [0]), activation: .gelu, precision: .f32, output: .f32)
        let x = (-12_000...12_000).map { Float($0) / 1000 }
        let pass = Pass(with: try Worker(threads: 2, instructions: instructions), precision: .f32)
        let y = try linear.forward(Variable(x, columns: 1), in: pass).value.values
        for (x, y) in zip(x, y) {
            let exact = Double(x) / 2 * (1 + erf(Double(x) / 2.0.squareRoot()))
            #expect(abs(Double(y) - exact) <= 2.5e-7 * max(0.5, abs(Double(x))), "\(x)")
        }
    }

    @Test(
        arguments: [
            (1, 16, 33), (3, 8, 5), (17, 48, 48), (30, 136, 127), (65, 192, 64), (15, 1152, 384), (9, 384, 1536),
        ])
    func `give the same bits packed for one use and for good`(
        sizes: (rows: Int, outputs: Int, inputs: Int)
    ) throws {
        let layer = Layer(sizes.outputs, sizes.inputs, seed: 5)
        var random = SplitMix64(seed: 6)
        let x = random.floats(sizes.rows * sizes.inputs)
        func forward(_ linear: Linear, _ worker: Worker) throws -> [Float] {
            let pass = Pass(with: worker, precision: .f32)
            return try linear.forward(Variable(x, columns: sizes.inputs), in: pass).value.values
        }
        let workers = try [Worker(threads: 1), Worker(threads: 2)]
        let linear = try layer.linear(.gelu)
        let first = try forward(linear, workers[0])
        // The second use packs for good; every later one reads what it has packed.
        for worker in workers { #expect(try forward(linear, worker) == first) }
        // The kernels that pack do so alike; those of GELU are rounded as their instructions do.
        let plain = try forward(layer.linear(.identity), workers[0])
        for instructions in Arithmetic.instructions {
            let worker = try Worker(threads: 1, instructions: instructions)
            #expect(try forward(layer.linear(.identity), worker) == plain, "\(instructions)")
        }
        // On other threads, in the memory that another layer has just used.
        let other = Layer(sizes.outputs, sizes.inputs, seed: 7)
        _ = try forward(other.linear(.gelu), workers[1])
        #expect(try forward(layer.linear(.gelu), workers[1]) == first)
        let parts = try layer.linear(.gelu, matrices: sizes.outputs / 8)
        for worker in workers { #expect(try forward(parts, worker) == first) }
    }

    private static var arePackedAhead: Bool {
        get throws { try Worker.packing(ahead: [Layer(64, 64, seed: 9).linear(.identity)]) != nil }
    }

    @Test(.enabled("oneDNN packs the weights for this processor by itself") { try arePackedAhead })
    func `give the same bits packed ahead by another thread`() throws {
        // Three layers that follow each other, several times, the widest in the middle.
        let layers = (0..<5).flatMap { round in
            [Layer(192, 64, seed: 10 + round), Layer(320, 192, seed: 20 + round), Layer(64, 320, seed: 30 + round)]
        }
        var random = SplitMix64(seed: 40)
        let x = random.floats(7 * 64).map { $0 / 8 }
        func forward(_ linears: [Linear], _ worker: Worker) throws -> [Float] {
            let pass = Pass(with: worker, precision: .f32)
            var y = Variable(x, columns: 64)
            for linear in linears { y = try linear.forward(y, in: pass) }
            return y.value.values
        }
        func linears() throws -> [Linear] { try layers.map { try $0.linear(.geluTanh, matrices: 2) } }
        let expected = try forward(linears(), Worker(threads: 1))
        #expect(expected.contains { abs($0) > 1e-3 })
        for _ in 0..<50 {
            let linears = try linears()
            let worker = try #require(try Worker.packing(ahead: linears))
            #expect(try forward(linears, worker) == expected)
            #expect(try Worker.packing(ahead: linears) == nil, "they have been used")
            #expect(try forward(linears, worker) == expected)
        }
        // What is left out or asked for in another order is packed as it comes.
        let some = try linears()
        let worker = try #require(try Worker.packing(ahead: some))
        let turned = [some[3], some[1], some[2], some[0], some[4], some[5]] + some[6...]
        let usual = try linears()
        let same = [usual[3], usual[1], usual[2], usual[0], usual[4], usual[5]] + usual[6...]
        #expect(try forward(turned, worker) == forward(same, Worker(threads: 1)))
        // A worker that goes before its layers are all asked for.
        for _ in 0..<20 { _ = try Worker.packing(ahead: linears()) }
    }

    @Test func `give the same bits when several threads use them for the first time`() throws {
        // So large that weights which are given up too early are no longer mapped.
        let layer = Layer(512, 256, seed: 8)
        var random = SplitMix64(seed: 9)
        let x = random.floats(20 * 256)
        let expected = try {
            let pass = Pass(with: try Worker(threads: 1), precision: .f32)
            return try layer.linear(.relu).forward(Variable(x, columns: 256), in: pass).value.values
        }()
        for _ in 0..<50 {
            let linear = try layer.linear(.relu)
            let results = Mutex<[[Float]]>([])
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                guard let worker = try? Worker(threads: 1) else { return }
                let pass = Pass(with: worker, precision: .f32)
                let y = try? linear.forward(Variable(x, columns: 256), in: pass).value.values
                results.withLock { $0.append(y ?? []) }
            }
            #expect(results.withLock { $0 } == Array(repeating: expected, count: 4))
        }
    }

    // oneDNN itself adds in another order on other numbers of threads from 1,025 inputs on.
    @Test(arguments: [Activation.identity, .gelu], [(160, 96), (160, 1536), (384, 1536), (256, 3072)])
    func `give a row the same bits beside any others and on any number of threads`(
        activation: Activation, sizes: (outputs: Int, inputs: Int)
    ) throws {
        let (outputs, inputs) = sizes
        let layer = try Layer(outputs, inputs, seed: 3).linear(activation)
        var random = SplitMix64(seed: 4)
        let x = random.floats(600 * inputs)
        let workers = try [1, 2, 3, 4, 8].map { (threads: $0, worker: try Worker(threads: $0)) }
        func forward(_ rows: Range<Int>, _ worker: Worker) throws -> [Float] {
            let slice = Array(x[rows.lowerBound * inputs..<rows.upperBound * inputs])
            let pass = Pass(with: worker, precision: .f32)
            return try layer.forward(Variable(slice, columns: inputs), in: pass).value.values
        }
        let whole = try forward(0..<600, workers[0].worker)
        for (start, count) in [(0, 1), (599, 1), (7, 2), (100, 15), (33, 64), (1, 65), (40, 511)] {
            for (threads, worker) in workers {
                let part = try forward(start..<start + count, worker)
                let same = part == Array(whole[start * outputs..<(start + count) * outputs])
                #expect(same, "\(count) rows from \(start) on, \(threads) threads")
            }
        }
    }
}
