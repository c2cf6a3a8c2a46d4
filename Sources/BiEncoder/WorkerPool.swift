internal import Synchronization
internal import Tensors

/// Workers that wait to be used again: their compiled products and activations are kept.
final class WorkerPool: Sendable {
    /// A worker on its way between threads.
    private struct Idle: @unchecked Sendable {
        // Sendable: it is either in the pool or with the one thread that took it out.
        let worker: Worker
        let threads: Int
    }

    private let idle = Mutex<[Idle]>([])

    /// Lends a worker whose operations may use `threads` processors.
    func withWorker<R>(threads: Int, _ body: (Worker) throws -> R) throws -> R {
        let taken = idle.withLock { idle -> Idle? in
            idle.lastIndex { $0.threads == threads }.map { idle.remove(at: $0) }
        }
        let lent = try taken ?? Idle(worker: Worker(threads: threads), threads: threads)
        defer { idle.withLock { $0.append(lent) } }
        return try body(lent.worker)
    }
}
