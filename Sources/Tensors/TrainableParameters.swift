internal import COneDNN

/// The numbers of a model in training: each with its gradient and the two moments of AdamW.
///
/// One thread at a time uses the model: between `update`s any number may read it.
package final class TrainableParameters: @unchecked Sendable {
    // Sendable: by the rule above, which the trainer keeps.

    /// One tensor of the checkpoint.
    package struct Entry: Sendable {
        package let name: String
        package let shape: [Int]
        /// Frozen ones have no gradient and stay as they are.
        package let isFrozen: Bool
        fileprivate let block: Int
        fileprivate let offset: Int

        package var count: Int { shape.reduce(1, *) }
    }

    /// Memory of one parameter as the operations see it: several tensors may be stacked in it.
    private struct Block {
        let values: UnsafeMutablePointer<Float>
        /// Gradient, first and second moment; nil where frozen.
        let training: UnsafeMutablePointer<Float>?
        let count: Int

        func part(_ index: Int) -> UnsafeMutablePointer<Float>? { training.map { $0 + index * count } }
    }

    package private(set) var entries: [Entry] = []
    private var blocks: [Block] = []
    /// Weak, because the layers' parameters keep this object.
    private struct Packed { weak var linear: Linear? }
    private var packed: [Packed] = []

    package init() {}

    deinit {
        for block in blocks {
            block.values.deallocate()
            block.training?.deallocate()
        }
    }

    /// Takes copies of tensors, stacked along their first dimension, as one parameter.
    package func add(_ parts: [(name: String, values: Parameter)], frozen: Bool) -> Parameter {
        let shape = Parameter.stackedShape(parts.map(\.values))
        let count = shape.reduce(1, *)
        let block = Block(
            values: .allocate(capacity: max(count, 1)),
            training: frozen ? nil : .allocate(capacity: max(3 * count, 1)), count: count)
        block.training?.initialize(repeating: 0, count: 3 * count)
        var offset = 0
        for (name, part) in parts {
            (block.values + offset).initialize(from: part.pointer, count: part.count)
            entries.append(
                Entry(
                    name: name, shape: part.shape, isFrozen: frozen, block: blocks.count,
                    offset: offset))
            offset += part.count
        }
        blocks.append(block)
        return Parameter(
            shape: shape, pointer: block.values, gradient: block.training, owner: self)
    }

    /// A layer that keeps a packed copy of its parameters, to be packed again when they change.
    func register(_ linear: Linear) { packed.append(Packed(linear: linear)) }

    /// Sets every gradient to zero.
    package func clearGradients(with worker: Worker) {
        for block in blocks {
            guard let gradient = block.training else { continue }
            odn_clear(worker.pointer, gradient, Int64(block.count))
        }
    }

    /// The Euclidean length of all gradients together.
    package func gradientNorm(with worker: Worker) -> Double {
        var squares = 0.0
        for block in blocks {
            guard let gradient = block.training else { continue }
            squares += odn_squares(worker.pointer, gradient, Int64(block.count))
        }
        return squares.squareRoot()
    }

    /// One step of AdamW.
    package struct Step: Sendable {
        package var rate: Float
        package var beta1: Float
        package var beta2: Float
        package var epsilon: Float
        package var decay: Float
        /// 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ), or 1 without bias correction.
        package var meanCorrection: Float
        package var squareCorrection: Float
        /// What gradients are multiplied with first, as clipping asks.
        package var gradientScale: Float

        package init(
            rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float,
            meanCorrection: Float, squareCorrection: Float, gradientScale: Float
        ) {
            self.rate = rate
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.decay = decay
            self.meanCorrection = meanCorrection
            self.squareCorrection = squareCorrection
            self.gradientScale = gradientScale
        }
    }

    /// Changes every parameter that is not frozen by its gradient. Tensors of one dimension (biases,
    /// layer norms) do not decay.
    /// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2.
    package func update(_ step: Step, with worker: Worker) throws(TensorError) {
        for entry in entries {
            let block = blocks[entry.block]
            guard let gradient = block.part(0), let mean = block.part(1), let square = block.part(2)
            else { continue }
            var adamw = odn_adamw(
                rate: step.rate, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon,
                decay: entry.shape.count < 2 ? 0 : step.decay,
                mean_correction: step.meanCorrection, square_correction: step.squareCorrection,
                gradient_scale: step.gradientScale)
            odn_adamw_step(
                worker.pointer, &adamw, gradient + entry.offset, Int64(entry.count),
                block.values + entry.offset, mean + entry.offset, square + entry.offset)
        }
        try repack()
    }

    private func repack() throws(TensorError) {
        for entry in packed { try entry.linear?.pack() }
    }
}

extension TrainableParameters {
    /// What is kept of each number.
    package enum Part: Int, CaseIterable, Sendable {
        case value = -1
        case gradient = 0
        /// AdamW's running mean of the gradient and of its square.
        case mean, square
    }

    /// Lends the numbers of one tensor, nil for what a frozen one lacks.
    package func withNumbers<R>(
        of entry: Entry, _ part: Part = .value, _ body: (UnsafeBufferPointer<Float>) throws -> R
    ) rethrows -> R? {
        guard let start = start(entry, part) else { return nil }
        return try body(UnsafeBufferPointer(start: start, count: entry.count))
    }

    /// Overwrites numbers, as a checkpoint says, and packs them again.
    ///
    /// `fill` may leave tensors as they are; it gets the memory of each part of each tensor.
    package func restore(
        _ fill: (Entry, Part, UnsafeMutableBufferPointer<Float>) throws -> Void
    ) throws {
        for entry in entries {
            for part in Part.allCases {
                guard let start = start(entry, part) else { continue }
                try fill(entry, part, UnsafeMutableBufferPointer(start: start, count: entry.count))
            }
        }
        try repack()
    }

    private func start(_ entry: Entry, _ part: Part) -> UnsafeMutablePointer<Float>? {
        let block = blocks[entry.block]
        let start = part == .value ? block.values : block.part(part.rawValue)
        return start.map { $0 + entry.offset }
    }
}
