import Glibc

/// Counts an environment's live transactions by thread, so that the map is replaced when there are
/// none, and lends the right to open databases to one transaction at a time.
///
/// Transactions are lent to synchronous closures, so each belongs to one thread. Who waits:
///
/// - `whenIdle` waits until no thread has a transaction live; a thread that has one itself is told
///   so at once, for it would wait for itself.
/// - `enter` waits while anybody waits in `whenIdle`, unless its thread has a transaction live
///   already: making that thread wait would keep the map from ever being idle.
/// - `lockHandles` waits for the transaction that opens databases now. It is taken last, after
///   `enter` and after LMDB's own write lock, and its holder waits for neither again.
///
/// `@unchecked Sendable`: the mutex guards every other field.
final class TransactionGate: @unchecked Sendable {
    // At a fixed address, as POSIX wants it; owned by this object from `init` to `deinit`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var liveTransactions: [pthread_t: Int] = [:]
    private var waitingForIdle = 0
    private var writer: pthread_t?
    private var handleOwner: pthread_t?

    init() {
        mutex.initialize(to: pthread_mutex_t())
        changed.initialize(to: pthread_cond_t())
        // Neither call can fail on Linux with default attributes.
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Counts a transaction of this thread in.
    func enter() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        let thread = pthread_self()
        while waitingForIdle > 0, liveTransactions[thread] == nil {
            pthread_cond_wait(changed, mutex)
        }
        liveTransactions[thread, default: 0] += 1
    }

    /// Counts a transaction of this thread out.
    func leave() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        let thread = pthread_self()
        let rest = liveTransactions[thread, default: 1] - 1
        liveTransactions[thread] = rest > 0 ? rest : nil
        if liveTransactions.isEmpty { pthread_cond_broadcast(changed) }
    }

    /// Runs `body` while no transaction is live, or returns nil when this thread has one itself.
    func whenIdle<Result>(
        _ body: () throws(LMDBError) -> Result
    ) throws(LMDBError) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if liveTransactions[pthread_self()] != nil { return nil }
        waitingForIdle += 1
        defer {
            waitingForIdle -= 1
            pthread_cond_broadcast(changed)
        }
        while !liveTransactions.isEmpty { pthread_cond_wait(changed, mutex) }
        return try body()
    }

    /// Whether this thread is the one whose write transaction is live.
    var isWriting: Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return writer == pthread_self()
    }

    /// Notes that this thread holds LMDB's write lock, or that it does no longer.
    func setWriting(_ isWriting: Bool) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        writer = isWriting ? pthread_self() : nil
    }

    /// Takes the right to open databases; false when this thread has it already.
    func lockHandles() -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if handleOwner == pthread_self() { return false }
        while handleOwner != nil { pthread_cond_wait(changed, mutex) }
        handleOwner = pthread_self()
        return true
    }

    /// Gives that right back.
    func unlockHandles() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        handleOwner = nil
        pthread_cond_broadcast(changed)
    }
}
