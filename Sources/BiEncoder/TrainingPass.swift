package import Tensors

/// Some texts on their way through the encoder, and back when the pass records.
package struct TrainingPass {
    /// S × dimensions: the pooled vectors, before any scaling to unit length, row-major.
    package let vectors: [Float]
    private let pass: Pass
    private let states: Variable
    private let batch: PackedBatch
    private let pooling: [Pooling]
    private let skipped: [Int]

    /// - Parameters:
    ///   - texts: where the texts are taken from.
    ///   - members: their numbers there. A text's number decides what dropout takes from it, so that
    ///     the same seed gives the same vectors in whatever portions texts are passed.
    ///   - seed: of dropout, another for each step; nil for none.
    ///   - recording: whether `backward` will be called.
    package init(
        _ encoder: BiEncoder, _ texts: TokenizedTexts, members: Range<Int>, rates: DropoutRates,
        seed: UInt64?, recording: Bool, with worker: Worker
    ) throws(TensorError) {
        var batch = PackedBatch()
        var numbers: [Int] = []
        for member in members {
            batch.append(texts[member])
            numbers += repeatElement(member, count: texts[member].count)
        }
        let dropout = seed.map {
            Dropout(
                hiddenRate: rates.hidden, attentionRate: rates.attention, seed: $0, texts: numbers,
                positions: batch.positions)
        }
        self.batch = batch
        pooling = encoder.folder.pooling
        skipped = members.map { texts.skipped[$0] }
        pass = Pass(
            with: worker, precision: encoder.precision, recording: recording, dropout: dropout)
        states = try encoder.architecture.hiddenStates(of: batch, in: pass)
        let width = encoder.dimensions
        var vectors = [Float](repeating: 0, count: members.count * width)
        var span = vectors.mutableSpan
        for index in 0..<members.count {
            for (part, pooling) in pooling.enumerated() {
                pooling.forward(
                    states.value, rows: batch.rows(of: index), skipping: skipped[index], into: &span,
                    at: index * width + part * states.columns)
            }
        }
        self.vectors = vectors
    }

    /// Adds to the gradients of the encoder's parameters.
    ///
    /// - Parameter gradient: S × dimensions: the derivatives of what is minimized with respect to
    ///   `vectors`.
    package func backward(_ gradient: Span<Float>) throws(TensorError) {
        precondition(gradient.count == vectors.count)
        let width = pooling.count * states.columns
        for index in 0..<batch.sequences {
            for (part, pooling) in pooling.enumerated() {
                pooling.backward(
                    gradient, at: index * width + part * states.columns, states.value,
                    rows: batch.rows(of: index), skipping: skipped[index], addingTo: states.gradient)
            }
        }
        try pass.backward()
    }
}

extension BiEncoder {
    /// The rates of dropout that the model was made with.
    package var dropoutRates: DropoutRates { architecture.dropout }
}
