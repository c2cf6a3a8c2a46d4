internal import Synchronization
internal import Tensors

extension BiEncoder {
    /// How many tokens a second the linear layers alone let through, on all of the encoder's threads at once:
    /// as fast as embedding could be if attention, layer norms and tokenization took no time.
    ///
    /// The products are those of `embed`, with biases and activations, over numbers that are all 0.
    ///
    /// - Parameters:
    ///   - rows: tokens of a batch.
    ///   - rounds: batches of each thread.
    /// - Throws: `TensorError`.
    package func productLimit(rows: Int, rounds: Int) throws -> Double {
        try runProducts(rows: rows, rounds: 2)
        let start = ContinuousClock.now
        try runProducts(rows: rows, rounds: rounds)
        return Double(rows * rounds * threads) / ((ContinuousClock.now - start) / .seconds(1))
    }

    private func runProducts(rows: Int, rounds: Int) throws {
        let failure = Mutex<(any Error)?>(nil)
        onThreads(threads) { _ in
            do {
                try workers.withWorker(threads: 1) { worker in
                    let widths = Set(architecture.linears.map(\.inputs))
                    let inputs = Dictionary(
                        uniqueKeysWithValues: widths.map {
                            ($0, Variable(Tensor(rows: rows, columns: $0, precision: precision)))
                        })
                    let pass = Pass(with: worker, precision: precision)
                    for _ in 0..<rounds {
                        for linear in architecture.linears {
                            if let input = inputs[linear.inputs] { _ = try linear.forward(input, in: pass) }
                        }
                    }
                }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
