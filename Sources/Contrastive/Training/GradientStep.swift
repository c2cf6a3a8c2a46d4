internal import BiEncoder
internal import Tensors

/// Takes a batch forward and back: the loss, and the gradients of everything that is learned.
///
/// A batch of more tokens than fit is embedded in portions first; the loss's derivatives with respect
/// to the embeddings are kept, and each portion goes forward again with the same dropout and back.
/// The gradients are those of the whole batch, in the memory of one portion.
/// Gao, Zhang, Han and Callan, "Scaling Deep Contrastive Learning Batch Size under Memory Limited
/// Setup" (gradient caching), RepL4NLP 2021.
struct GradientStep {
    let encoder: BiEncoder
    let rates: DropoutRates
    let chunkTokens: Int
    let worker: Worker

    /// Adds to the gradients of the encoder's parameters.
    ///
    /// - Parameters:
    ///   - seed: of dropout, another for each step; nil for none.
    ///   - weight: what the loss is multiplied with.
    /// - Returns: the loss, and its derivative with respect to α, both weighted.
    func run(
        _ batch: BatchTexts, loss: any PairLoss, inverseTemperature: Double, seed: UInt64?,
        weight: Double = 1
    ) throws(TensorError) -> (loss: Double, inverseTemperature: Double) {
        let chunks = batch.chunks(limit: chunkTokens)
        var passes: [TrainingPass] = []
        var vectors: [Float] = []
        for chunk in chunks {
            let pass = try pass(batch, chunk, seed, recording: chunks.count == 1)
            vectors += pass.vectors
            if chunks.count == 1 { passes.append(pass) }
        }
        let width = encoder.dimensions
        var result = try loss.evaluate(
            batch.lossBatch(vectors, dimensions: width), inverseTemperature: inverseTemperature,
            with: worker)
        var gradient = result.anchors + result.candidates
        if weight != 1 { for index in gradient.indices { gradient[index] *= Float(weight) } }
        result.value *= weight
        result.inverseTemperature *= weight
        // Nothing is learned from what is not a number; the trainer stops at it.
        guard result.value.isFinite else { return (result.value, 0) }
        for (index, chunk) in chunks.enumerated() {
            let pass = passes.isEmpty
                ? try pass(batch, chunk, seed, recording: true) : passes[index]
            try pass.backward(
                gradient.span.extracting(chunk.lowerBound * width..<chunk.upperBound * width))
        }
        return (result.value, result.inverseTemperature)
    }

    private func pass(
        _ batch: BatchTexts, _ chunk: Range<Int>, _ seed: UInt64?, recording: Bool
    ) throws(TensorError) -> TrainingPass {
        try TrainingPass(
            encoder, batch.texts, members: chunk, rates: rates, seed: seed, recording: recording,
            with: worker)
    }
}
