package import BiEncoder
internal import Synchronization

/// Texts that wait for their vectors.
///
/// Its texts may be embedded in several batches, on several threads; the last one that is done resumes
/// whoever waits.
package final class EmbeddingRequest: Sendable {
    /// The vectors of a request, and whatever else it has come to.
    typealias Outcome = Result<[Float], any Error>

    package let texts: TokenizedTexts
    package let tokens: Int
    /// When it has waited too long.
    let deadline: ContinuousClock.Instant
    let arrival = ContinuousClock.now
    private let dimensions: Int
    private let state: Mutex<State>

    private struct State {
        var vectors: [Float]
        var missing: Int
        var outcome: Outcome?
        var waiter: CheckedContinuation<[Float], any Error>?
    }

    package init(_ texts: TokenizedTexts, dimensions: Int, deadline: ContinuousClock.Instant) {
        self.texts = texts
        self.dimensions = dimensions
        self.deadline = deadline
        tokens = (0..<texts.count).reduce(0) { $0 + texts[$1].count }
        state = Mutex(
            State(
                vectors: [Float](repeating: 0, count: texts.count * dimensions), missing: texts.count))
    }

    /// Takes over the vector of one of the texts.
    func fulfil(_ text: Int, with vector: ArraySlice<Float>) {
        let isLast = state.withLock { state in
            state.vectors.replaceSubrange(text * dimensions..<(text + 1) * dimensions, with: vector)
            state.missing -= 1
            return state.missing == 0
        }
        if isLast { finish(.success(state.withLock { $0.vectors })) }
    }

    /// Ends the wait; what comes later does not count any more.
    func finish(_ outcome: Outcome) {
        let waiter = state.withLock { state -> CheckedContinuation<[Float], any Error>? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(with: outcome)
    }

    /// The texts' vectors, one behind the other, once they are there.
    func vectors() async throws -> [Float] {
        try await withCheckedThrowingContinuation { waiter in
            let outcome = state.withLock { state -> Outcome? in
                if state.outcome == nil { state.waiter = waiter }
                return state.outcome
            }
            if let outcome { waiter.resume(with: outcome) }
        }
    }
}
