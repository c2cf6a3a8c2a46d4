import Dispatch
import SemanticSearch
import Synchronization

/// Folding beside additions: one after the other, and never more than one that waits. After a failure
/// it pauses, each time twice as long.
final class BackgroundFolding: Sendable {
    private let index: SearchIndex
    private let quiet: Bool
    private let queue = DispatchQueue(label: "folding")
    private let isRequested = Atomic(false)
    private let pause = Mutex((until: ContinuousClock.now, length: Duration.seconds(60)))

    init(of index: SearchIndex, quiet: Bool) {
        self.index = index
        self.quiet = quiet
    }

    /// To be called after every addition.
    func request() {
        guard pause.withLock({ $0.until <= .now }),
            isRequested.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged
        else { return }
        queue.async { [self] in
            isRequested.store(false, ordering: .relaxed)
            if index.foldIfNeeded(quiet: quiet) { return }
            pause.withLock { $0 = (.now + $0.length, $0.length * 2) }
        }
    }

    /// Waits for what was requested.
    func finish() { queue.sync {} }
}

extension SearchIndex {
    /// What follows an addition that has been acknowledged. It stands whatever becomes of this, so
    /// a failure is told and is none of the command's.
    ///
    /// - Returns: whether it did not fail.
    @discardableResult
    func foldIfNeeded(quiet: Bool) -> Bool {
        do {
            guard let manifest = try foldIfNeeded(), !quiet else { return true }
            note(
                "\(path): the FAISS file has what was added, \(grouped(manifest.vectors)) vectors "
                    + "in generation \(manifest.generation)")
            return true
        } catch {
            note("\(path): the additions are safe, but the FAISS file could not be written anew: \(error)")
            return false
        }
    }
}
