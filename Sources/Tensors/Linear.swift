internal import COneDNN

/// A nonlinearity applied to each output of a linear layer.
package enum Activation: Sendable {
    case identity
    /// x/2 · (1 + erf(x/√2)). Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
    case gelu
    /// The approximation of GELU by tanh, from the same paper.
    case geluTanh
    case relu

    var code: odn_activation {
        switch self {
        case .identity: odn_identity
        case .gelu: odn_gelu_erf
        case .geluTanh: odn_gelu_tanh
        case .relu: odn_relu
        }
    }
}

/// y = activation(x · Wᵀ + b), with W packed for the processor at its second use (`PackedProduct`).
///
/// A row of y has the same bits whatever other rows stand beside it and however many threads run.
package final class Linear: @unchecked Sendable {
    // Sendable: the packed layer changes in `pack` alone, while nobody else uses the model
    // (`TrainableParameters`).
    package let outputs: Int
    package let inputs: Int
    private let activation: Activation
    private let precision: Precision
    private let output: Precision
    /// With the activation fused.
    private let product: PackedProduct
    private let training: Training?

    /// What only training needs.
    private struct Training {
        let weight: Parameter
        let bias: Parameter
        /// x · Wᵀ + b in f32; nil where there is no activation.
        let sum: PackedProduct?
        /// dx += dy · W
        let back: PackedProduct
    }

    /// - Parameters:
    ///   - weight: outputs × inputs, as checkpoints store it, in one or more matrices that stand one
    ///     below the other; one in training.
    ///   - bias: as many numbers as outputs.
    ///   - precision: of x, W and the product.
    ///   - output: of y.
    package init(
        weight: [Parameter], bias: Parameter, activation: Activation = .identity,
        precision: Precision, output: Precision
    ) throws(TensorError) {
        let size = Parameter.stackedShape(weight)
        precondition(size.count == 2 && bias.shape == [size[0]])
        outputs = size[0]
        inputs = size[1]
        self.activation = activation
        self.precision = precision
        self.output = output
        var shape = odn_linear_shape(
            n: Int64(outputs), k: Int64(inputs), type: precision.type, output: output.type,
            activation: activation.code, transposed: false, accumulates: false)
        product = try PackedProduct(shape, weight, bias)
        guard let weight = weight.first, weight.gradient != nil,
            let owner = weight.owner as? TrainableParameters
        else {
            training = nil
            return
        }
        precondition(weight.shape[0] == outputs)
        try product.pack([weight], bias)
        shape.activation = odn_identity
        shape.output = odn_f32
        let sum = activation == .identity ? nil : try PackedProduct(shape, [weight], bias)
        try sum?.pack([weight], bias)
        shape.n = Int64(inputs)
        shape.k = Int64(outputs)
        shape.transposed = true
        shape.accumulates = true
        let back = try PackedProduct(shape, [weight], nil)
        try back.pack([weight], nil)
        training = Training(weight: weight, bias: bias, sum: sum, back: back)
        owner.register(self)
    }

    /// See `PackedProduct`.
    var unused: (layer: OpaquePointer, weight: [Parameter])? { product.unused }

    /// Packs the parameters again after they have changed.
    func pack() throws(TensorError) {
        guard let training else { return }
        try product.pack([training.weight], training.bias)
        try training.sum?.pack([training.weight], training.bias)
        try training.back.pack([training.weight], nil)
    }

    /// A frozen layer cannot stand between trained ones.
    ///
    /// - Parameter x: T × inputs, in the layer's precision.
    /// - Returns: T × outputs, in the layer's output precision.
    package func forward(_ x: Variable, in pass: Pass) throws(TensorError) -> Variable {
        precondition(training != nil || !(pass.isRecording && x.needsGradient))
        let y = pass.variable(
            rows: x.rows, columns: outputs, precision: output, needsGradient: training != nil)
        guard y.needsGradient, let training else {
            try product.run(x.operand(precision), into: y.value, with: pass.worker)
            return y
        }
        guard let plain = training.sum else {
            try product.run(x.operand(precision), into: y.value, with: pass.worker)
            pass.record { [self] () throws(TensorError) in
                try backward(training, dy: y.gradient, x: x, in: pass)
            }
            return y
        }
        // The sum is kept, because the activation's derivative is taken of it.
        let sum = pass.tensor(rows: x.rows, columns: outputs)
        try plain.run(x.operand(precision), into: sum, with: pass.worker)
        let f32 = output == .f32 ? y.value : pass.tensor(rows: x.rows, columns: outputs)
        try activation.forward(sum, into: f32, with: pass.worker)
        if output == .bf16 { f32.round(into: y.value, with: pass.worker) }
        pass.record { [self] () throws(TensorError) in
            let dy = y.gradient
            try activation.backward(sum, dy: dy, into: dy, with: pass.worker)
            try backward(training, dy: dy, x: x, in: pass)
        }
        return y
    }

    /// Of s = x · Wᵀ + b for ds: dx += ds · W, dW += dsᵀ · x, db += the sum of ds's rows.
    private func backward(
        _ training: Training, dy: Tensor, x: Variable, in pass: Pass
    ) throws(TensorError) {
        let worker = pass.worker
        var dy = dy
        if precision == .bf16 {
            let rounded = pass.tensor(rows: dy.rows, columns: dy.columns, precision: .bf16)
            dy.round(into: rounded, with: worker)
            dy = rounded
        }
        if x.needsGradient { try training.back.run(dy, into: x.gradient, with: worker) }
        var error = odn_error()
        let done = odn_linear_gradient(
            worker.pointer, precision.type, x.operand(precision).pointer, dy.pointer,
            Int64(x.rows), Int64(outputs), Int64(inputs), training.weight.gradient,
            training.bias.gradient, &error)
        guard done else {
            throw TensorError("the gradient of a linear layer of \(outputs) × \(inputs)", error)
        }
    }
}

extension Activation {
    fileprivate func forward(_ x: Tensor, into y: Tensor, with worker: Worker) throws(TensorError) {
        var error = odn_error()
        let done = odn_activate(
            worker.pointer, code, x.floats, Int64(x.rows), Int64(x.columns), y.floats, &error)
        guard done else { throw TensorError("an activation", error) }
    }

    /// dx = dy · activation'(x)
    fileprivate func backward(
        _ x: Tensor, dy: Tensor, into dx: Tensor, with worker: Worker
    ) throws(TensorError) {
        var error = odn_error()
        let done = odn_activate_backward(
            worker.pointer, code, x.floats, dy.floats, Int64(x.rows), Int64(x.columns), dx.floats,
            &error)
        guard done else { throw TensorError("the derivative of an activation", error) }
    }
}

extension Tensor {
    /// Rounds f32 numbers to bf16.
    fileprivate func round(into target: Tensor, with worker: Worker) {
        precondition(target.rows == rows && target.columns == columns)
        odn_round_bf16(worker.pointer, floats, Int64(rows * columns), target.halves)
    }
}
