internal import Metrics

/// What is counted of one model's work.
struct EmbeddingMetrics: Sendable {
    private let texts: Counter
    private let tokens: Counter
    private let truncated: Counter
    let refused: Counter
    private let queueTokens: Meter
    private let queueRequests: Meter
    private let wait: Metrics.Timer
    private let batchTexts: Recorder
    private let batchTokens: Recorder

    init(model: String, factory: any MetricsFactory) {
        let labels = [("model", model)]
        texts = Counter(label: "kotae_embedded_texts_total", dimensions: labels, factory: factory)
        tokens = Counter(label: "kotae_embedded_tokens_total", dimensions: labels, factory: factory)
        truncated = Counter(label: "kotae_truncated_texts_total", dimensions: labels, factory: factory)
        refused = Counter(label: "kotae_refused_requests_total", dimensions: labels, factory: factory)
        queueTokens = Meter(label: "kotae_queue_tokens", dimensions: labels, factory: factory)
        queueRequests = Meter(label: "kotae_queue_requests", dimensions: labels, factory: factory)
        wait = Metrics.Timer(
            label: "kotae_queue_wait_seconds", dimensions: labels, factory: factory)
        batchTexts = Recorder(
            label: "kotae_batch_texts", dimensions: labels, aggregate: true, factory: factory)
        batchTokens = Recorder(
            label: "kotae_batch_tokens", dimensions: labels, aggregate: true, factory: factory)
    }

    func embedded(texts: Int, tokens: Int, cut: Int) {
        self.texts.increment(by: texts)
        self.tokens.increment(by: tokens)
        if cut > 0 { truncated.increment(by: cut) }
    }

    /// What waits now.
    func waiting(tokens: Int, requests: Int) {
        queueTokens.set(tokens)
        queueRequests.set(requests)
    }

    /// How long a request waited for its first batch.
    func waited(_ duration: Duration) { wait.recordNanoseconds(duration.nanoseconds) }

    func ran(texts: Int, tokens: Int) {
        batchTexts.record(texts)
        batchTokens.record(tokens)
    }
}

extension Duration {
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
