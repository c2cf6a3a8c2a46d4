internal import COneDNN

/// What one thread needs to run operations: compiled matrix products, scratch memory, and memory
/// for the activations of its batches.
///
/// Not `Sendable`: one thread at a time uses a worker. A worker may itself spread an operation over
/// several processors.
package final class Worker {
    let pointer: OpaquePointer
    let pool = MemoryPool()

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
}
