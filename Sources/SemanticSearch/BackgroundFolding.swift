internal import Dispatch
internal import Synchronization

/// Folding beside additions: one after the other, and never more than one that waits. After a failure
/// it pauses, each time twice as long.
package final class BackgroundFolding: Sendable {
    private let index: SearchIndex
    private let report: @Sendable (Result<IndexManifest?, any Error>) -> Void
    private let queue = DispatchQueue(label: "folding")
    private let isRequested = Atomic(false)
    private let pause = Mutex((until: ContinuousClock.now, length: Duration.seconds(60)))

    /// - Parameter report: gets what each folding came to: the new generation, nil when it was not due.
    package init(
        of index: SearchIndex, report: @escaping @Sendable (Result<IndexManifest?, any Error>) -> Void
    ) {
        self.index = index
        self.report = report
    }

    package func isOf(_ index: SearchIndex) -> Bool { self.index === index }

    /// To be called after every addition.
    package func request() {
        guard pause.withLock({ $0.until <= .now }),
            isRequested.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged
        else { return }
        queue.async { [self] in
            isRequested.store(false, ordering: .relaxed)
            let result = Result { try index.foldIfNeeded() }
            report(result)
            if case .failure = result { pause.withLock { $0 = (.now + $0.length, $0.length * 2) } }
        }
    }

    /// Waits for what was requested.
    package func finish() { queue.sync {} }
}
