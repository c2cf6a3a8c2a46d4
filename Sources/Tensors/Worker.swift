internal import COneDNN

/// What one thread needs to run operations: compiled matrix products, scratch memory, and the
/// activations of its current batch, kept from batch to batch.
///
/// Not `Sendable`: one thread at a time uses a worker. A worker may itself spread an operation over
/// several processors.
package final class Worker {
    let pointer: OpaquePointer
    private var tensors: [Key: Tensor] = [:]

    private struct Key: Hashable {
        var name: String
        var columns: Int
        var precision: Precision
    }

    /// - Parameters:
    ///   - threads: how many processors each operation may use, at least 1.
    ///   - instructions: one of `Arithmetic.instructions`; nil for the fastest.
    package init(threads: Int, instructions: String? = nil) throws(TensorError) {
        var error = odn_error()
        let created = odn_worker_create(Int32(clamping: threads), instructions, &error)
        guard let pointer = created else {
            throw TensorError("starting oneDNN", error)
        }
        self.pointer = pointer
    }

    deinit { odn_worker_destroy(pointer) }

    /// The tensor of this name, with the given size and with whatever it held before.
    package func tensor(
        _ name: String, rows: Int, columns: Int, precision: Precision = .f32
    ) -> Tensor {
        let key = Key(name: name, columns: columns, precision: precision)
        if let tensor = tensors[key] {
            tensor.resize(rows: rows)
            return tensor
        }
        let tensor = Tensor(rows: rows, columns: columns, precision: precision)
        tensors[key] = tensor
        return tensor
    }
}
