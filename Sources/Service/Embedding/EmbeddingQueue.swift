internal import BiEncoder
internal import Glibc
internal import Metrics
internal import NIOPosix
internal import Synchronization

/// Embeds the texts of requests that arrive together together.
///
/// There are two lines. Requests of few tokens, such as a question, go to the first, whose thread uses
/// all processors; all others go to the second, whose threads, one a processor, have a lower priority
/// with the system. So a question neither waits for a long text nor shares the processors with it
/// evenly, and long texts still go on. An idle thread starts at once; only while all are busy does a
/// line form, from which the next batch is taken.
///
/// A text's vector has the same bits in any batch, so that none of this can be seen in it.
final class EmbeddingQueue: Sendable {
    /// Up to how many tokens a request goes to the first line.
    static let fewTokens = 128
    /// Up to how many tokens a batch is embedded on one processor.
    private static let tokensOfOneProcessor = 32
    /// How much further down than others the system ranks threads of the second line (nice values).
    private static let niceness: Int32 = 10

    private enum Line: Int, CaseIterable {
        case few, many
    }

    private let encoder: BiEncoder
    private let threads: Int
    private let maximumTokens: Int
    private let metrics: EmbeddingMetrics
    private let fewPool: NIOThreadPool
    private let manyPool: NIOThreadPool
    private let state = Mutex(State())

    private struct State {
        var lines = [EmbeddingLine](repeating: EmbeddingLine(), count: Line.allCases.count)
        var running = [Int](repeating: 0, count: Line.allCases.count)
        var isStopped = false

        var tokens: Int { lines.reduce(0) { $0 + $1.tokens } }
        var requests: Int { lines.reduce(0) { $0 + $1.count } }
    }

    /// - Parameters:
    ///   - threads: how many processors to use at most.
    ///   - maximumTokens: how many tokens may wait.
    init(_ encoder: BiEncoder, threads: Int, maximumTokens: Int, metrics: EmbeddingMetrics) {
        self.encoder = encoder
        self.threads = threads
        self.maximumTokens = maximumTokens
        self.metrics = metrics
        fewPool = NIOThreadPool(numberOfThreads: 1)
        manyPool = NIOThreadPool(numberOfThreads: threads)
        fewPool.start()
        manyPool.start()
    }

    /// The vectors of texts, one behind the other.
    ///
    /// - Parameters:
    ///   - deadline: when it has waited too long.
    ///   - client: who waits; its place is free once it has gone.
    /// - Throws: `APIError` when too much waits already, when the wait was too long, and when the client
    ///   has gone; what the encoder throws.
    func embed(
        _ texts: TokenizedTexts, until deadline: ContinuousClock.Instant, for client: ClientConnection?
    ) async throws -> [Float] {
        if texts.count == 0 { return [] }
        let request = EmbeddingRequest(texts, dimensions: encoder.dimensions, deadline: deadline)
        try enqueue(request)
        let watch = client?.onClose { [weak self, weak request] in
            guard let request else { return }
            self?.drop(.clientGone) { $0 === request }
            request.finish(.failure(APIError.clientGone))
        }
        defer { if let watch { client?.forget(watch) } }
        let vectors = try await request.vectors()
        metrics.embedded(texts: texts.count, tokens: request.tokens, cut: texts.cut.count { $0 > 0 })
        return vectors
    }

    private func enqueue(_ request: EmbeddingRequest) throws {
        let line = request.tokens <= Self.fewTokens ? Line.few : .many
        let starts = try state.withLock { state -> Int in
            guard !state.isStopped else { throw APIError.shuttingDown }
            // What alone is more than may wait is let in when nothing waits.
            let waiting = state.tokens
            guard waiting == 0 || waiting + request.tokens <= maximumTokens else {
                metrics.refused.increment()
                throw APIError.overloaded(retryAfter: 1)
            }
            state.lines[line.rawValue].append(request)
            metrics.waiting(tokens: state.tokens, requests: state.requests)
            let width = line == .few ? 1 : threads
            let batches = (state.lines[line.rawValue].tokens + batchTokens(line) - 1) / batchTokens(line)
            let starts = max(0, min(width - state.running[line.rawValue], batches))
            state.running[line.rawValue] += starts
            return starts
        }
        let pool = line == .few ? fewPool : manyPool
        for _ in 0..<starts {
            pool.submit { [self] status in
                // A pool that is shut down still calls what waits in it.
                if status == .active { run(line) }
            }
        }
    }

    private func batchTokens(_ line: Line) -> Int {
        line == .few ? BiEncoder.defaultBatchTokens * threads : BiEncoder.defaultBatchTokens
    }

    /// Embeds batch after batch until nothing waits.
    private func run(_ line: Line) {
        if line == .many { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness) }
        while let (batch, threads) = next(line) {
            let started = ContinuousClock.now
            for place in batch.places where place.text == 0 {
                metrics.waited(started - place.request.arrival)
            }
            let result = Result { try encoder.embed(batch.texts, threads: threads) }
            metrics.ran(texts: batch.places.count, tokens: batch.tokens)
            switch result {
            case .success(let embeddings):
                for (row, place) in batch.places.enumerated() {
                    place.request.fulfil(place.text, with: embeddings[row])
                }
            case .failure(let error):
                for place in batch.places { place.request.finish(.failure(error)) }
            }
        }
    }

    /// The next batch, and how many processors it is for; nil when nothing waits, and then the thread
    /// counts as idle.
    private func next(_ line: Line) -> (EmbeddingLine.Batch, threads: Int)? {
        state.withLock { state in
            guard let batch = state.lines[line.rawValue].nextBatch(limit: batchTokens(line)) else {
                state.running[line.rawValue] -= 1
                return nil
            }
            metrics.waiting(tokens: state.tokens, requests: state.requests)
            // So few tokens are quicker on one processor than on several that wait for each other.
            if batch.tokens <= Self.tokensOfOneProcessor { return (batch, 1) }
            // A long text alone gets all processors; beside others one is quicker for all of them.
            let isAlone = state.running.reduce(0, +) == 1 && state.requests == 0
            return (batch, line == .few || isAlone ? threads : 1)
        }
    }

    /// Lets go of requests that have waited too long.
    func expire() {
        let now = ContinuousClock.now
        drop(.timedOut) { $0.deadline <= now }
    }

    private func drop(_ error: APIError, where isMeant: (EmbeddingRequest) -> Bool) {
        let dropped = state.withLock { state in
            let dropped = state.lines.indices.flatMap { state.lines[$0].remove(where: isMeant) }
            if !dropped.isEmpty { metrics.waiting(tokens: state.tokens, requests: state.requests) }
            return dropped
        }
        for request in dropped { request.finish(.failure(error)) }
    }

    /// Refuses what waits and what comes, and waits for the batches at work.
    func stop() async throws {
        state.withLock { $0.isStopped = true }
        drop(.shuttingDown) { _ in true }
        try await fewPool.shutdownGracefully()
        try await manyPool.shutdownGracefully()
    }
}
