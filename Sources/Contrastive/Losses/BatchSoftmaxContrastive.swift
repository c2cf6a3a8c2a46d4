internal import Foundation
package import Tensors

/// The Batch-Softmax Contrastive loss.
///
/// With Â, B̂ the normalized embeddings, S = α · Â · B̂ᵀ (n × m, α = 1/τ) and labels y:
///
///     rows    = −(1/n) Σ_i y_i log softmax over j of S_ij, at j = i
///     columns = −(1/n) Σ_j y_j log softmax over i of S_ij, at i = j     (j = 1 … n)
///     BSC     = (rows + columns) / 2, or rows alone when asymmetric
///
/// A labelled negative (y = 0) has no term of its own while its texts serve the others as negatives;
/// hard negatives are columns beyond n. Excluded candidates of a pair take part in neither softmax of
/// the pair. With every label 1 and nothing excluded it is sentence-transformers'
/// `MultipleNegativesRankingLoss(scale=1/τ, directions=("query_to_doc", "doc_to_query"),
/// partition_mode="per_direction")`.
/// Chernyavskiy, Ilvovsky, Kalinin and Nakov, "Batch-Softmax Contrastive Loss for Pairwise Sentence
/// Scoring Tasks", NAACL 2022, section 3.
package struct BatchSoftmaxContrastive: PairLoss {
    package let isSymmetric: Bool
    package let normalization: EmbeddingNormalization
    package var usesTemperature: Bool { true }
    package var needsPositives: Bool { true }

    package init(symmetric: Bool = true, normalization: EmbeddingNormalization = .unit) {
        isSymmetric = symmetric
        self.normalization = normalization
    }

    package func evaluate(
        _ batch: LossBatch, inverseTemperature: Double, with worker: Worker
    ) throws(TensorError) -> LossValue {
        var result = LossValue(for: batch)
        let (n, m, d) = (batch.pairs, batch.candidateCount, batch.dimensions)
        guard n > 0 else { return result }
        let anchors = NormalizedRows(batch.anchors, dimensions: d, normalization)
        let candidates = NormalizedRows(batch.candidates, dimensions: d, normalization)
        var products = [Float](repeating: 0, count: n * m)
        var span = products.mutableSpan
        try MatrixProduct.add(
            anchors.values.span, candidates.values.span, transposingB: true, m: n, n: m, k: d,
            to: &span, with: worker)

        var logits = products.map { $0 * Float(inverseTemperature) }
        for (row, columns) in batch.excluded.enumerated() {
            for column in columns { logits[row * m + column] = -.infinity }
        }
        // dS, from both directions.
        var gradient = [Float](repeating: 0, count: n * m)
        let weight = (isSymmetric ? 0.5 : 1) / Double(n)
        for row in 0..<n where batch.labels[row] != 0 {
            let cells = stride(from: row * m, to: (row + 1) * m, by: 1)
            result.value += softmaxLoss(
                logits, cells, target: row * m + row, weight * Double(batch.labels[row]), &gradient)
        }
        if isSymmetric {
            for column in 0..<n where batch.labels[column] != 0 {
                let cells = stride(from: column, to: n * m, by: m)
                result.value += softmaxLoss(
                    logits, cells, target: column * m + column,
                    weight * Double(batch.labels[column]), &gradient)
            }
        }

        for i in gradient.indices {
            result.inverseTemperature += Double(gradient[i]) * Double(products[i])
        }
        let alpha = Float(inverseTemperature)
        span = result.anchors.mutableSpan
        try MatrixProduct.add(
            gradient.span, candidates.values.span, m: n, n: d, k: m, alpha: alpha, to: &span,
            with: worker)
        span = result.candidates.mutableSpan
        try MatrixProduct.add(
            gradient.span, transposingA: true, anchors.values.span, m: m, n: d, k: n, alpha: alpha,
            to: &span, with: worker)
        anchors.backward(&result.anchors)
        candidates.backward(&result.candidates)
        return result
    }

    /// −weight · log softmax over some cells at one of them; adds its derivatives.
    private func softmaxLoss(
        _ logits: [Float], _ cells: StrideTo<Int>, target: Int, _ weight: Double,
        _ gradient: inout [Float]
    ) -> Double {
        var largest = -Float.infinity
        for cell in cells { largest = max(largest, logits[cell]) }
        var total = 0.0
        for cell in cells { total += Double(expf(logits[cell] - largest)) }
        for cell in cells {
            gradient[cell] += Float(weight * Double(expf(logits[cell] - largest)) / total)
        }
        gradient[target] -= Float(weight)
        return weight * (log(total) - Double(logits[target] - largest))
    }
}
