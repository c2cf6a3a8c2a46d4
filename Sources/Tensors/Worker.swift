internal import COneDNN

/// What one thread needs to run operations: compiled matrix products, scratch memory, and memory
/// for the activations of its batches.
///
/// Not `Sendable`: one thread at a time uses a worker. A worker may itself spread an operation over
/// several processors.
package final class Worker {
    let pointer: OpaquePointer
    let pool = MemoryPool()
    /// What the thread reads that packs ahead.
    private var lent: [[Parameter]] = []

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

    /// A worker of one thread beside which another packs the weights of layers that have not been used
    /// yet, ahead of the first pass through them: two processors are busy, and where another process has
    /// one of them, nobody waits for it.
    ///
    /// - Parameter linears: in the order in which the pass uses them.
    /// - Returns: nil when one of them has been used, or when oneDNN wants to pack for itself.
    package static func packing(ahead linears: [Linear]) throws(TensorError) -> Worker? {
        var layers: [(layer: OpaquePointer, weight: [Parameter])] = []
        for linear in linears {
            guard let unused = linear.unused else { return nil }
            layers.append(unused)
        }
        let worker = try Worker(threads: 1)
        worker.lent = layers.map(\.weight)
        var matrices: [UnsafeMutablePointer<odn_matrix>] = []
        defer { for pointer in matrices { pointer.deallocate() } }
        let weighted = layers.map { layer, weight in
            let pointer = UnsafeMutablePointer<odn_matrix>.allocate(capacity: weight.count)
            pointer.initialize(from: weight.map(\.matrix), count: weight.count)
            matrices.append(pointer)
            return odn_weighted(linear: layer, weight: pointer)
        }
        var error = odn_error()
        guard odn_worker_pack_ahead(worker.pointer, weighted, Int64(weighted.count), &error) else {
            throw TensorError("packing ahead", error)
        }
        return worker
    }

    deinit { odn_worker_destroy(pointer) }
}
