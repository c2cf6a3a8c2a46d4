internal import COneDNN
internal import Synchronization

/// oneDNN's product with one matrix that is packed for the processor: owns the C layer and checks its
/// shapes.
///
/// Packing for good writes every number to memory of its own, which takes longer than embedding one
/// question. So the first product packs for this once, in memory that all layers share, and only the
/// second one packs for good. Both have the same bits.
final class PackedProduct: @unchecked Sendable {
    // Sendable: the C layer changes in `pack` alone, which runs at the second use under the lock of
    // `state`, or while nobody else uses the layer (`TrainableParameters`).
    private let pointer: OpaquePointer
    private let shape: odn_linear_shape
    private let state: Mutex<State>

    private enum State {
        /// The weights lie where they were read from.
        case unused([Parameter])
        case usedOnce([Parameter])
        case packed
    }

    /// - Parameter weight: one or more matrices that stand one below the other.
    init(
        _ shape: odn_linear_shape, _ weight: [Parameter], _ bias: Parameter?
    ) throws(TensorError) {
        self.shape = shape
        var shape = shape
        var error = odn_error()
        guard let created = odn_linear_create(&shape, &error) else {
            throw TensorError("preparing a linear layer of \(shape.n) × \(shape.k)", error)
        }
        pointer = created
        state = Mutex(.unused(weight))
        if let bias { odn_linear_set_bias(pointer, bias.pointer) }
    }

    deinit { odn_linear_destroy(pointer) }

    /// Packs for good, other numbers than before if need be.
    func pack(_ weight: [Parameter], _ bias: Parameter?) throws(TensorError) {
        try pack(weight, with: nil)
        if let bias { odn_linear_set_bias(pointer, bias.pointer) }
        state.withLock { $0 = .packed }
    }

    /// - Parameter worker: whose processors are used; nil for what the calling thread has used before.
    private func pack(_ weight: [Parameter], with worker: Worker?) throws(TensorError) {
        let matrices = weight.map(\.matrix)
        var error = odn_error()
        let done = withExtendedLifetime(weight) {
            odn_linear_pack(worker?.pointer, pointer, matrices, Int64(matrices.count), &error)
        }
        guard done else {
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
        let rows = Int64(x.rows)
        var error = odn_error()
        let done: Bool
        if let weight = try unpacked(worker) {
            let matrices = weight.map(\.matrix)
            // Another thread may pack for good meanwhile and give its own hold on the weights up.
            done = withExtendedLifetime(weight) {
                odn_linear_forward_once(
                    worker.pointer, pointer, matrices, Int64(matrices.count), x.pointer, rows,
                    y.pointer, &error)
            }
        } else {
            done = odn_linear_forward(
                worker.pointer, pointer, x.pointer, rows, y.pointer, &error)
        }
        guard done else { throw TensorError("a linear layer of \(shape.n) × \(shape.k)", error) }
    }

    /// The layer and its weights when they can be packed ahead of the first use; nil otherwise.
    var unused: (layer: OpaquePointer, weight: [Parameter])? {
        guard odn_linear_packs_ahead(pointer) else { return nil }
        return state.withLock { state in
            if case .unused(let weight) = state { (pointer, weight) } else { nil }
        }
    }

    /// The weights at the first use; nil from the second on, when they have been packed for good.
    private func unpacked(_ worker: Worker) throws(TensorError) -> [Parameter]? {
        try state.withLock { (state) throws(TensorError) in
            switch state {
            case .unused(let weight):
                state = .usedOnce(weight)
                return weight
            case .usedOnce(let weight):
                try pack(weight, with: worker)
                state = .packed
                return nil
            case .packed:
                return nil
            }
        }
    }
}

extension Parameter {
    var matrix: odn_matrix { odn_matrix(numbers: pointer, rows: Int64(shape[0])) }
}
