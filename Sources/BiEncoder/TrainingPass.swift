package import Tensors

/// Some texts on their way through the encoder, and back when the pass records.
package struct TrainingPass {
    /// S × dimensions: the pooled vectors, before any scaling to unit length, row-major.
    package let vectors: [Float]
    private let pass: Pass
    private let output: Variable

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
        pass = Pass(
            with: worker, precision: encoder.precision, recording: recording, dropout: dropout)
        output = try encoder.vectors(of: batch, skipping: members.map { texts.skipped[$0] }, in: pass)
        vectors = output.value.withRows(0..<output.rows) { $0.withUnsafeBufferPointer { Array($0) } }
    }

    /// Adds to the gradients of the encoder's parameters.
    ///
    /// - Parameter gradient: S × dimensions: the derivatives of what is minimized with respect to
    ///   `vectors`.
    package func backward(_ gradient: Span<Float>) throws(TensorError) {
        precondition(gradient.count == vectors.count)
        output.gradient.withMutableValues { values in
            for index in 0..<gradient.count { values[index] += gradient[index] }
        }
        try pass.backward()
    }
}

extension BiEncoder {
    /// The rates of dropout that the model was made with.
    package var dropoutRates: DropoutRates { architecture.dropout }
}
