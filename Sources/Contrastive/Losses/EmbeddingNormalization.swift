internal import Tensors

/// What is done to embeddings before their products are taken.
package enum EmbeddingNormalization: String, Sendable, Codable, CaseIterable {
    /// Each embedding to Euclidean length 1, so that products are cosines.
    case unit
    /// Each feature divided by its range (largest minus smallest) over the batch, the left and the
    /// right sides by themselves. Chernyavskiy et al. 2022, section 3; formulas as in the authors'
    /// `BSCLoss` with `norm_dim=0`.
    case range
    /// Nothing.
    case none
}

/// Rows of embeddings after normalization, and the way back.
struct NormalizedRows {
    /// The normalized numbers, row-major.
    let values: [Float]
    private let dimensions: Int
    private let kept: Kept

    private enum Kept {
        case nothing
        /// For each row, what it was multiplied with.
        case scales([Float])
        /// For each feature: its range, and in which rows the largest and the smallest stand.
        case ranges([(range: Float, top: Int, bottom: Int)])
    }

    /// A range of 0, which a batch of one row has, divides by this instead.
    private static let smallestRange: Float = 1e-12

    init(_ values: [Float], dimensions: Int, _ normalization: EmbeddingNormalization) {
        var normalized = values
        let rows = values.count / dimensions
        switch normalization {
        case .none: kept = .nothing
        case .unit:
            var span = normalized.mutableSpan
            var scales: [Float] = []
            for row in 0..<rows {
                var vector = span.extracting(row * dimensions..<(row + 1) * dimensions)
                scales.append(UnitLength.forward(&vector))
            }
            kept = .scales(scales)
        case .range:
            var ranges: [(range: Float, top: Int, bottom: Int)] = []
            for feature in 0..<dimensions {
                func value(_ row: Int) -> Float { values[row * dimensions + feature] }
                let top = (0..<rows).reduce(0) { value($1) > value($0) ? $1 : $0 }
                let bottom = (0..<rows).reduce(0) { value($1) < value($0) ? $1 : $0 }
                let range = max(value(top) - value(bottom), Self.smallestRange)
                ranges.append((range, top, bottom))
                for row in 0..<rows { normalized[row * dimensions + feature] /= range }
            }
            kept = .ranges(ranges)
        }
        self.values = normalized
        self.dimensions = dimensions
    }

    /// Turns derivatives with respect to the normalized rows into those with respect to the rows.
    func backward(_ gradient: inout [Float]) {
        switch kept {
        case .nothing: return
        case .scales(let scales):
            for (row, scale) in scales.enumerated() {
                let range = row * dimensions..<(row + 1) * dimensions
                var span = gradient.mutableSpan
                var vector = span.extracting(range)
                UnitLength.backward(
                    y: values.span.extracting(range), scale: scale, gradient: &vector)
            }
        case .ranges(let ranges):
            // y = x / r, so dx = dy / r, and r = x_top - x_bottom gets -Σ dy · y / r.
            for (feature, (range, top, bottom)) in ranges.enumerated() {
                var ofRange = 0.0
                for index in stride(from: feature, to: gradient.count, by: dimensions) {
                    ofRange -= Double(gradient[index]) * Double(values[index] / range)
                    gradient[index] /= range
                }
                gradient[top * dimensions + feature] += Float(ofRange)
                gradient[bottom * dimensions + feature] -= Float(ofRange)
            }
        }
    }
}
