import NIOPosix

/// Runs tasks, and the tasks that they start, on threads of its own.
///
/// Swift's own pool has a thread a core, and tests that compute may hold all of them for minutes:
/// a service beneath them would answer no client in time.
package final class OwnThreads: TaskExecutor {
    package static let shared = OwnThreads()
    private let pool = NIOThreadPool(numberOfThreads: 8)

    private init() { pool.start() }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
