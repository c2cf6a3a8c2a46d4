import Tensors
import TestSupport
import Testing

/// The way back of each operation against differences of its own forward values.
@Suite struct `Gradients` {
    /// Parameters in training, by name, and a pass over them.
    private struct Network {
        let parameters = TrainableParameters()

        func parameter(_ name: String, _ shape: [Int], _ values: [Float]) -> Parameter {
            parameters.add([(name, Parameter(shape: shape, values))], frozen: false)
        }
    }

    /// Σ weights · f(inputs), in double precision from f32 values.
    private static func weighted(_ y: Variable, _ weights: [Float]) -> Double {
        zip(y.value.values, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    /// Compares the gradients of Σ weights · f with differences of it, for the inputs and all
    /// parameters, element by element.
    ///
    /// - Parameter tolerance: in parts of the tensor's largest gradient. Differences of f32 values
    ///   are good to some three digits.
    private func check(
        inputs: [[Float]], columns: [Int], parameters: TrainableParameters? = nil,
        instructions: String? = nil, dropout: Dropout? = nil, tolerance: Double = 1e-2,
        step: Float = 4e-3,
        _ function: ([Variable], Pass) throws -> Variable
    ) throws {
        let worker = try Worker(threads: 2, instructions: instructions)
        func evaluate(_ inputs: [[Float]], recording: Bool) throws -> (Pass, [Variable], Variable) {
            let pass = Pass(
                with: worker, precision: .f32, recording: recording, dropout: dropout)
            let variables = zip(inputs, columns).map { Variable($0, columns: $1) }
            return (pass, variables, try function(variables, pass))
        }
        var random = SplitMix64(seed: 31)
        let (pass, variables, y) = try evaluate(inputs, recording: true)
        let weights = random.floats(y.value.values.count)
        y.gradient.withMutableValues { span in
            for index in span.indices { span[index] = weights[index] }
        }
        try pass.backward()

        func compare(_ gradient: [Float], _ name: String, _ differences: [Double]) {
            let scale = differences.reduce(0) { max($0, abs($1)) }
            #expect(scale > 0, "\(name)")
            for (index, (found, expected)) in zip(gradient, differences).enumerated() {
                #expect(abs(Double(found) - expected) <= tolerance * scale, "\(name)[\(index)]")
            }
        }
        for (number, input) in inputs.enumerated() {
            let differences = try input.indices.map { index in
                let values = try [step, -step].map { step in
                    var moved = inputs
                    moved[number][index] += step
                    return Self.weighted(try evaluate(moved, recording: false).2, weights)
                }
                return (values[0] - values[1]) / Double(2 * step)
            }
            compare(variables[number].gradient.values, "input \(number)", differences)
        }
        guard let parameters else { return }
        for entry in parameters.entries {
            let gradient = parameters.withNumbers(of: entry, .gradient) { Array($0) } ?? []
            let differences = try gradient.indices.map { index in
                func move(_ step: Float) throws {
                    try parameters.restore { other, part, memory in
                        if other.name == entry.name, part == .value { memory[index] += step }
                    }
                }
                let values = try [step, -2 * step].map { step in
                    try move(step)
                    return Self.weighted(try evaluate(inputs, recording: false).2, weights)
                }
                try move(step)
                return (values[0] - values[1]) / Double(2 * step)
            }
            compare(gradient, entry.name, differences)
        }
    }

    @Test func `of tanh`() throws {
        var random = SplitMix64(seed: 17)
        try check(inputs: [random.floats(12)], columns: [4]) { Tanh.forward($0[0], in: $1) }
    }

    @Test(arguments: [false, true])
    func `of attention with a bias by distance`(drops: Bool) throws {
        var random = SplitMix64(seed: 23)
        let network = Network()
        let bias = RelativePositionBias(table: network.parameter("table", [8, 2], random.floats(16)), headSize: 4)
        let starts: [Int32] = [0, 5, 5, 6, 13]
        let dropout = Dropout(
            hiddenRate: 0, attentionRate: 0.3, seed: 5, texts: [Int](repeating: 0, count: 13), positions: Array(0..<13))
        try check(
            inputs: [random.floats(13 * 24)], columns: [24], parameters: network.parameters,
            dropout: drops ? dropout : nil
        ) { inputs, pass in
            try SelfAttention(heads: 2, headSize: 4).forward(
                inputs[0], starts: starts, bias: bias.forward(reach: 9, in: pass), in: pass)
        }
    }

    @Test func `of attention with turned queries and keys, in a window`() throws {
        var random = SplitMix64(seed: 29)
        let (starts, positions): ([Int32], [Int32]) = ([0, 6, 13], Array(0..<6) + Array(0..<7))
        try check(inputs: [random.floats(13 * 24)], columns: [24]) { inputs, pass in
            // Turned in place, so what is turned is a copy.
            let zeros = Variable([Float](repeating: 0, count: 13 * 24), columns: 24)
            let qkv = Residual.forward(inputs[0], plus: zeros, in: pass)
            Rotation(theta: 100, headSize: 4, reach: 7).forward(qkv, positions: positions, in: pass)
            return try SelfAttention(heads: 2, headSize: 4).forward(
                qkv, starts: starts, bias: .window(2, heads: 2, reach: 7, in: pass), in: pass)
        }
    }

    @Test func `of gates and residual sums`() throws {
        var random = SplitMix64(seed: 37)
        try check(inputs: [random.floats(20), random.floats(20)], columns: [5, 5]) {
            Gate.forward($0[0], $0[1], in: $1)
        }
        try check(
            inputs: [random.floats(20), random.floats(20)], columns: [5, 5], dropout: dropout(0.3, rows: 4)
        ) { Residual.forward($0[0], plus: $0[1], in: $1) }
    }

    @Test(arguments: [[Pooling.mean], [.cls, .weightedMean], [.meanSqrtLength, .lastToken]])
    func `of pooled vectors`(poolings: [Pooling]) throws {
        var random = SplitMix64(seed: 19)
        try check(inputs: [random.floats(7 * 3)], columns: [3]) { inputs, pass in
            PooledVectors.of(
                inputs[0], rows: [0..<4, 4..<7], skipping: [1, 0], by: poolings, in: pass)
        }
    }

    @Test(arguments: [Activation.identity, .gelu, .geluTanh, .relu], [1, 9])
    func `of linear layers`(activation: Activation, rows: Int) throws {
        var random = SplitMix64(seed: 11)
        let network = Network()
        let linear = try Linear(
            weight: [network.parameter("weight", [6, 5], random.floats(30))],
            bias: network.parameter("bias", [6], random.floats(6)), activation: activation,
            precision: .f32, output: .f32)
        try check(
            inputs: [random.floats(rows * 5)], columns: [5], parameters: network.parameters,
            // A difference across ReLU's corner says nothing.
            step: activation == .relu ? 1e-3 : 4e-3
        ) { try linear.forward($0[0], in: $1) }
    }

    @Test(arguments: Arithmetic.instructions, [nil, 0.3 as Float?])
    func `of layer norm with a residual`(instructions: String, rate: Float?) throws {
        var random = SplitMix64(seed: 12)
        let network = Network()
        let norm = LayerNorm(
            weight: network.parameter("weight", [19], random.floats(19)),
            bias: network.parameter("bias", [19], random.floats(19)), epsilon: 1e-5)
        try check(
            inputs: [random.floats(3 * 19), random.floats(3 * 19)], columns: [19, 19],
            parameters: network.parameters, instructions: instructions,
            dropout: rate.map { dropout($0, rows: 3) }
        ) { try norm.forward($0[0], plus: $0[1], in: $1) }
    }

    @Test(arguments: [nil, 0.3 as Float?])
    func `of embedding lookup, where a word stands twice`(rate: Float?) throws {
        var random = SplitMix64(seed: 13)
        let network = Network()
        let norm = LayerNorm(
            weight: network.parameter("norm.weight", [7], random.floats(7)),
            bias: network.parameter("norm.bias", [7], random.floats(7)), epsilon: 1e-5)
        let lookup = EmbeddingLookup(
            word: network.parameter("word", [3, 7], random.floats(21)),
            position: network.parameter("position", [2, 7], random.floats(14)),
            tokenType: network.parameter("type", [1, 7], random.floats(7)), norm: norm)
        try check(
            inputs: [], columns: [], parameters: network.parameters,
            dropout: rate.map { dropout($0, rows: 4) }
        ) { _, pass in
            try lookup.forward(ids: [2, 0, 2, 1], positions: [0, 1, 0, 1], types: [0, 0, 0, 0], in: pass)
        }
    }

    @Test(arguments: Arithmetic.instructions, [nil, 0.3 as Float?])
    func `of attention`(instructions: String, rate: Float?) throws {
        var random = SplitMix64(seed: 14)
        let attention = SelfAttention(heads: 2, headSize: 5)
        let starts: [Int32] = [0, 1, 1, 12, 29]
        try check(
            inputs: [random.floats(29 * 30)], columns: [30], instructions: instructions,
            dropout: rate.map { dropout($0, rows: 29) }
        ) { try attention.forward($0[0], starts: starts, in: $1) }
    }

    private func dropout(_ rate: Float, rows: Int) -> Dropout {
        Dropout(
            hiddenRate: rate, attentionRate: rate, seed: 5,
            texts: (0..<rows).map { $0 / 3 }, positions: (0..<rows).map { Int32($0 % 3) })
    }

    @Test(arguments: Pooling.allCases)
    func `of pooling`(pooling: Pooling) {
        var random = SplitMix64(seed: 15)
        let (x, weights) = (random.floats(5 * 3), random.floats(3))
        func value(_ x: [Float]) -> Double {
            var y = [Float](repeating: 0, count: 3)
            var span = y.mutableSpan
            pooling.forward(
                Tensor(x, columns: 3), rows: 1..<5, skipping: 1, into: &span, at: 0)
            return zip(y, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let gradient = Tensor(rows: 5, columns: 3)
        pooling.backward(
            weights.span, at: 0, Tensor(x, columns: 3), rows: 1..<5, skipping: 1,
            addingTo: gradient)
        for index in x.indices {
            let values = [Float(1e-3), -1e-3].map { step in
                var moved = x
                moved[index] += step
                return value(moved)
            }
            #expect(abs(Double(gradient.values[index]) - (values[0] - values[1]) / 2e-3) < 1e-3)
        }
    }

    @Test func `of scaling to unit length`() {
        let x: [Float] = [3, -1, 2]
        let weights: [Float] = [0.5, 1, -2]
        func value(_ x: [Float]) -> Double {
            var y = x
            var span = y.mutableSpan
            UnitLength.forward(&span)
            return zip(y, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        var y = x
        var span = y.mutableSpan
        let scale = UnitLength.forward(&span)
        var gradient = weights
        var gradientSpan = gradient.mutableSpan
        UnitLength.backward(y: y.span, scale: scale, gradient: &gradientSpan)
        for index in x.indices {
            let values = [Float(1e-2), -1e-2].map { step in
                var moved = x
                moved[index] += step
                return value(moved)
            }
            #expect(abs(Double(gradient[index]) - (values[0] - values[1]) / 2e-2) < 1e-4)
        }
    }
}

@Suite struct `Dropout's choices` {
    private func drop(
        rate: Float, seed: UInt64 = 1, texts: [Int], positions: [Int32], columns: Int,
        threads: Int = 1, instructions: String? = nil
    ) throws -> [Float] {
        let ones = Parameter(shape: [columns], [Float](repeating: 1, count: columns))
        let zeros = Parameter(shape: [columns], [Float](repeating: 0, count: columns))
        // A layer norm with weight 0 and bias 1 gives ones, of which the lookup's dropout takes.
        let lookup = EmbeddingLookup(
            word: Parameter(shape: [1, columns], [Float](repeating: 0, count: columns)),
            position: Parameter(shape: [1, columns], [Float](repeating: 0, count: columns)),
            tokenType: Parameter(shape: [1, columns], [Float](repeating: 0, count: columns)),
            norm: LayerNorm(weight: zeros, bias: ones, epsilon: 1))
        let pass = Pass(
            with: try Worker(threads: threads, instructions: instructions), precision: .f32,
            dropout: Dropout(
                hiddenRate: rate, attentionRate: 0, seed: seed, texts: texts, positions: positions))
        let zero = [Int32](repeating: 0, count: texts.count)
        return try lookup.forward(ids: zero, positions: zero, types: zero, in: pass).value.values
    }

    @Test(arguments: [0.1, 0.5] as [Float])
    func `drop the wanted share and scale the rest`(rate: Float) throws {
        let rows = 200
        let values = try drop(
            rate: rate, texts: [Int](repeating: 3, count: rows), positions: (0..<Int32(rows)).map { $0 },
            columns: 384)
        #expect(Set(values) == [0, 1 / (1 - rate)])
        let share = Double(values.count { $0 == 0 }) / Double(values.count)
        // Five standard deviations of a share among 76,800.
        let deviation = (Double(rate) * (1 - Double(rate)) / Double(values.count)).squareRoot()
        #expect(abs(share - Double(rate)) < 5 * deviation)
    }

    @Test func `hang on seed, text, position and column alone`() throws {
        let whole = try drop(rate: 0.5, texts: [0, 0, 1, 1], positions: [0, 1, 0, 1], columns: 70)
        let rows = (0..<4).map { Array(whole[$0 * 70..<($0 + 1) * 70]) }
        #expect(Set(rows).count == 4)
        for threads in [1, 2, 3] {
            for instructions in Arithmetic.instructions {
                let part = try drop(
                    rate: 0.5, texts: [1, 0], positions: [1, 0], columns: 70, threads: threads,
                    instructions: instructions)
                #expect(part == rows[3] + rows[0])
            }
        }
        #expect(try drop(rate: 0.5, seed: 2, texts: [0], positions: [0], columns: 70) != rows[0])
    }
}
