internal import COneDNN

/// oneDNN's product with one packed matrix: owns the C layer and checks its shapes.
final class PackedProduct {
    private let pointer: OpaquePointer
    private let shape: odn_linear_shape

    init(
        _ shape: odn_linear_shape, _ weight: Parameter, _ bias: Parameter?
    ) throws(TensorError) {
        self.shape = shape
        var shape = shape
        var error = odn_error()
        let created = odn_linear_create(&shape, weight.pointer, bias?.pointer, &error)
        guard let created else {
            throw TensorError("preparing a linear layer of \(shape.n) × \(shape.k)", error)
        }
        pointer = created
    }

    deinit { odn_linear_destroy(pointer) }

    func pack(_ weight: Parameter, _ bias: Parameter?) throws(TensorError) {
        var error = odn_error()
        guard odn_linear_pack(pointer, weight.pointer, bias?.pointer, &error) else {
            throw TensorError("packing a linear layer of \(shape.n) × \(shape.k)", error)
        }
    }

    /// - Parameters:
    ///   - x: T × k in the shape's type.
    ///   - y: T × n in its output type.
    func run(_ x: Tensor, into y: Tensor, with worker: Worker) throws(TensorError) {
        precondition(x.columns == Int(shape.k) && x.precision.type == shape.type)
        precondition(y.columns == Int(shape.n) && y.precision.type == shape.output)
        precondition(y.rows == x.rows)
        var error = odn_error()
        let done = odn_linear_forward(
            worker.pointer, pointer, x.pointer, Int64(x.rows), y.pointer, &error)
        guard done else { throw TensorError("a linear layer of \(shape.n) × \(shape.k)", error) }
    }
}
