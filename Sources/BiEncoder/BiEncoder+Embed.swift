internal import Dispatch
internal import Synchronization
internal import Tensors
internal import Tokenization

/// A text whose vector is not a number: its weights or its arithmetic are damaged.
public struct EmbeddingError: Error, CustomStringConvertible {
    /// Which of the texts, from 0.
    public let text: Int
    public var description: String {
        "the embedding of text \(text + 1) is not finite: the model's weights may be damaged"
    }
}

extension BiEncoder {
    /// How many tokens a batch holds unless said otherwise: enough for full speed, few enough for
    /// a core's own cache.
    public static let defaultBatchTokens = 384

    /// Embeds texts.
    ///
    /// Tokens are packed without padding; the longest texts go first and batches are shared out
    /// among the threads. Memory grows with `texts` and with `batchTokens`, no further.
    ///
    /// - Parameters:
    ///   - role: picks the model's prompt; nil for the model's default prompt, if it has one.
    ///   - batchTokens: the most tokens in a batch; a longer text is a batch by itself.
    /// - Throws: `EmbeddingError` or `TensorError`.
    public func embed(
        _ texts: [String], as role: Role? = nil, batchTokens: Int = defaultBatchTokens
    ) throws -> Embeddings {
        try embed(tokenize(texts, as: role), batchTokens: batchTokens)
    }

    /// Embeds one text.
    public func embed(_ text: String, as role: Role? = nil) throws -> [Float] {
        try embed([text], as: role).values
    }

    /// The tokens of texts as the model will see them: after the role's prompt and after cutting
    /// what is too long. Work is shared out among the threads.
    package func tokenize(_ texts: [String], as role: Role? = nil) -> TokenizedTexts {
        tokenize(texts, prefix: folder.prompts.prefix(for: role))
    }

    /// As above, after a prompt's prefix, which may be empty.
    package func tokenize(_ texts: [String], prefix: String) -> TokenizedTexts {
        let skipped = skippedTokens(prefix)
        let shareCount = max(1, min(threads, texts.count / 32))
        let shares = Mutex([TokenizedTexts](repeating: TokenizedTexts(), count: shareCount))
        onThreads(shareCount) { share in
            var tokenized = TokenizedTexts()
            let range = texts.count * share / shareCount..<texts.count * (share + 1) / shareCount
            for text in texts[range] {
                tokenized.append(skipping: skipped) { ids in
                    tokenizer.encodeIDs(
                        prefix.isEmpty ? text : prefix + text, maximumLength: maximumLength,
                        into: &ids)
                }
            }
            shares.withLock { $0[share] = tokenized }
        }
        var result = TokenizedTexts()
        for share in shares.withLock({ $0 }) { result.append(contentsOf: share) }
        return result
    }

    /// How many leading tokens pooling leaves out: those of the prompt, and the special tokens
    /// before it, where the model was trained so.
    private func skippedTokens(_ prefix: String) -> Int {
        guard !folder.includesPrompt, !prefix.isEmpty else { return 0 }
        let prompt = tokenizer.encode(prefix, maximumLength: maximumLength)
        let bare = tokenizer.encode(prefix, maximumLength: nil, addSpecialTokens: false)
        let endsWithSpecial = prompt.ids.count > bare.ids.count && prompt.ids.last != bare.ids.last
        return prompt.ids.count - (endsWithSpecial ? 1 : 0)
    }

    /// Embeds tokenized texts.
    ///
    /// - Parameter threads: how many processors to use at most, the caller's own among them; nil for
    ///   the encoder's own number.
    package func embed(
        _ texts: TokenizedTexts, batchTokens: Int = defaultBatchTokens, threads: Int? = nil
    ) throws -> Embeddings {
        let threads = threads ?? self.threads
        let count = texts.count
        let lengths = (0..<count).map { texts[$0].count }
        let batches = self.batches(lengths, limit: batchTokens, threads: threads)
        let width = dimensions

        let next = Atomic(0)
        let failure = Mutex<(any Error)?>(nil)
        var values = [Float](repeating: 0, count: count * width)
        try values.withUnsafeMutableBufferPointer { buffer in
            // Each batch writes the rows of its own texts, which no other batch has.
            nonisolated(unsafe) let rows = buffer
            let teams = max(1, min(threads, batches.count))
            onThreads(teams) { _ in
                do {
                    try withWorker(
                        threads: threads, teams: teams, tokens: lengths.reduce(0, +)
                    ) { worker in
                        while true {
                            let index = next.add(1, ordering: .relaxed).oldValue
                            guard index < batches.count, failure.withLock({ $0 == nil }) else { return }
                            try embed(batches[index], of: texts, with: worker) {
                                text, vector in
                                _ = rows[(text * width)...].initialize(fromContentsOf: vector)
                            }
                        }
                    }
                } catch {
                    failure.withLock { $0 = $0 ?? error }
                }
            }
            if let error = failure.withLock({ $0 }) { throw error }
        }
        return Embeddings(
            count: count, dimensions: width, values: values, tokens: lengths, cut: texts.cut)
    }

    /// The most tokens that a model's first pass takes on one thread while another packs its weights;
    /// more gain by being shared out.
    private static let fewTokens = 64

    /// Lends what one of `teams` threads needs.
    private func withWorker(
        threads: Int, teams: Int, tokens: Int, _ body: (Worker) throws -> Void
    ) throws {
        if threads > 1, teams == 1, tokens <= Self.fewTokens,
            // Where no thread can be started, the pass packs for itself.
            let worker = try? Worker.packing(ahead: architecture.linears)
        {
            return try body(worker)
        }
        try workers.withWorker(threads: max(1, threads / teams), body)
    }

    /// Text numbers of each batch, longest texts first. Each thread gets the same number of full batches,
    /// and what is left is dealt out evenly, so that no thread waits long for another in the end.
    private func batches(_ lengths: [Int], limit: Int, threads: Int) -> [[Int]] {
        let order = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
        var texts = order[...]
        var tokens = lengths.reduce(0, +)
        var share = 0
        var batches: [[Int]] = []
        while let first = texts.popFirst() {
            if batches.count.isMultiple(of: threads) {
                share = max(1, min(limit, max(64, (tokens + threads - 1) / threads)))
            }
            var batch = [first]
            var size = lengths[first]
            while size < share, let next = texts.first, let last = texts.last {
                if size + lengths[next] <= limit {
                    texts.removeFirst()
                    batch.append(next)
                    size += lengths[next]
                } else if size + lengths[last] <= limit {
                    // A short one fills what the next would leave free.
                    texts.removeLast()
                    batch.append(last)
                    size += lengths[last]
                } else {
                    break
                }
            }
            tokens -= size
            batches.append(batch)
        }
        return batches
    }

    private func embed(
        _ members: [Int], of texts: TokenizedTexts, with worker: Worker,
        emit: (Int, [Float]) -> Void
    ) throws {
        var batch = PackedBatch()
        for text in members { batch.append(texts[text]) }
        let pass = Pass(with: worker, precision: precision)
        let vectors = try vectors(of: batch, skipping: members.map { texts.skipped[$0] }, in: pass).value
        for (index, text) in members.enumerated() {
            var vector = vectors.withRow(index) { $0.withUnsafeBufferPointer { Array($0) } }
            if folder.normalizes {
                var span = vector.mutableSpan
                UnitLength.forward(&span)
            }
            guard vector.allSatisfy(\.isFinite) else { throw EmbeddingError(text: text) }
            emit(text, vector)
        }
    }

    /// A batch's vectors before any scaling to unit length: texts × dimensions in f32.
    ///
    /// - Parameter skipped: for each text how many of its first tokens pooling leaves out.
    func vectors(
        of batch: PackedBatch, skipping skipped: [Int], in pass: Pass
    ) throws(TensorError) -> Variable {
        let states = try architecture.hiddenStates(of: batch, in: pass)
        var vectors = PooledVectors.of(
            states, rows: (0..<batch.sequences).map(batch.rows), skipping: skipped, by: folder.pooling, in: pass)
        for layer in dense { vectors = try layer.forward(vectors, in: pass) }
        return vectors
    }

    /// Runs body(0 ..< count), each on a thread of its own when there is more than one.
    func onThreads(_ count: Int, _ body: @Sendable (Int) -> Void) {
        if count == 1 { return body(0) }
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
}
