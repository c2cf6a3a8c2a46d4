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

/// y = activation(x · Wᵀ + b), with W packed for the processor once.
///
/// A row of y has the same bits whatever other rows stand beside it and however many threads run.
package final class Linear: @unchecked Sendable {
    // Sendable: the packed layer is immutable (odn_linear in COneDNN.h).
    package let outputs: Int
    package let inputs: Int
    private let precision: Precision
    private let output: Precision
    private let pointer: OpaquePointer

    /// - Parameters:
    ///   - weight: outputs × inputs, as checkpoints store it.
    ///   - bias: as many numbers as outputs.
    ///   - precision: of x, W and the product.
    ///   - output: of y.
    package init(
        weight: Parameter, bias: Parameter, activation: Activation = .identity,
        precision: Precision, output: Precision
    ) throws(TensorError) {
        precondition(weight.shape.count == 2 && bias.shape == [weight.shape[0]])
        outputs = weight.shape[0]
        inputs = weight.shape[1]
        self.precision = precision
        self.output = output
        var error = odn_error()
        let pointer = odn_linear_create(
            weight.pointer, bias.pointer, Int64(outputs), Int64(inputs), precision.type,
            output.type, activation.code, &error)
        guard let pointer else {
            throw TensorError("preparing a linear layer of \(outputs) × \(inputs)", error)
        }
        self.pointer = pointer
    }

    deinit { odn_linear_destroy(pointer) }

    /// - Parameters:
    ///   - x: T × inputs, in the layer's precision.
    ///   - y: T × outputs, in the layer's output precision.
    package func forward(_ x: Tensor, into y: Tensor, with worker: Worker) throws(TensorError) {
        precondition(x.columns == inputs && x.precision == precision)
        precondition(y.columns == outputs && y.precision == output && y.rows == x.rows)
        var error = odn_error()
        let done = odn_linear_forward(
            worker.pointer, pointer, x.pointer, Int64(x.rows), y.pointer, &error)
        guard done else { throw TensorError("a linear layer of \(outputs) × \(inputs)", error) }
    }
}
