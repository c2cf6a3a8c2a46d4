/// How the vectors of a text's tokens become one vector.
///
/// Formulas and names are those of sentence-transformers' `Pooling` module.
public enum Pooling: String, Sendable, CaseIterable {
    /// The vector of the first token.
    case cls
    /// The largest value of each feature.
    case max
    /// The mean.
    case mean
    /// The sum divided by the square root of the number of tokens.
    case meanSqrtLength = "mean_sqrt_len_tokens"
    /// The mean weighted by position, counted from 1.
    case weightedMean = "weightedmean"
    /// The vector of the last token.
    case lastToken = "lasttoken"

    /// Pools each sequence of a packed batch.
    ///
    /// - Parameters:
    ///   - x: T × H, f32.
    ///   - rows: the rows of one sequence.
    ///   - skipped: how many of its first rows are left out; `cls` takes the first row all the same.
    ///   - y: its H numbers from `offset` on are overwritten.
    package func forward(
        _ x: Tensor, rows: Range<Int>, skipping skipped: Int, into y: inout MutableSpan<Float>,
        at offset: Int
    ) {
        let width = x.columns
        precondition(offset >= 0 && offset + width <= y.count && !rows.isEmpty)
        let first = Swift.min(rows.lowerBound + skipped, rows.upperBound - 1)
        switch self {
        case .cls: copy(x, row: rows.lowerBound, to: &y, at: offset)
        case .lastToken: copy(x, row: rows.upperBound - 1, to: &y, at: offset)
        case .max:
            copy(x, row: first, to: &y, at: offset)
            for row in first + 1..<Swift.max(rows.upperBound, first + 1) {
                x.withRow(row) { values in
                    for i in 0..<width where values[i] > y[offset + i] { y[offset + i] = values[i] }
                }
            }
        case .mean, .meanSqrtLength, .weightedMean:
            for i in 0..<width { y[offset + i] = 0 }
            var total: Float = 0
            for row in first..<rows.upperBound {
                let weight = self == .weightedMean ? Float(row - rows.lowerBound + 1) : 1
                total += weight
                x.withRow(row) { values in
                    for i in 0..<width { y[offset + i] += weight * values[i] }
                }
            }
            let scale = 1 / (self == .meanSqrtLength ? total.squareRoot() : total)
            for i in 0..<width { y[offset + i] *= scale }
        }
    }

    /// The way back of `forward`: adds to the gradient of the sequence's rows.
    ///
    /// - Parameters:
    ///   - dy: its H numbers from `offset` on are the derivatives of the pooled vector.
    ///   - x: T × H; where the maximum stood is found again.
    ///   - dx: T × H.
    package func backward(
        _ dy: Span<Float>, at offset: Int, _ x: Tensor, rows: Range<Int>, skipping skipped: Int,
        addingTo dx: Tensor
    ) {
        let width = x.columns
        precondition(offset >= 0 && offset + width <= dy.count && !rows.isEmpty)
        let first = Swift.min(rows.lowerBound + skipped, rows.upperBound - 1)
        func add(_ weight: Float, row: Int) {
            dx.withMutableValues { dx in
                for i in 0..<width { dx[row * width + i] += weight * dy[offset + i] }
            }
        }
        switch self {
        case .cls: add(1, row: rows.lowerBound)
        case .lastToken: add(1, row: rows.upperBound - 1)
        case .max:
            for i in 0..<width {
                var best = first
                for row in first..<rows.upperBound where x.floats[row * width + i] > x.floats[best * width + i] {
                    best = row
                }
                dx.floats[best * width + i] += dy[offset + i]
            }
        case .mean, .meanSqrtLength, .weightedMean:
            func weight(_ row: Int) -> Float {
                self == .weightedMean ? Float(row - rows.lowerBound + 1) : 1
            }
            let total = (first..<rows.upperBound).reduce(0) { $0 + weight($1) }
            let scale = 1 / (self == .meanSqrtLength ? total.squareRoot() : total)
            for row in first..<rows.upperBound { add(weight(row) * scale, row: row) }
        }
    }

    private func copy(_ x: Tensor, row: Int, to y: inout MutableSpan<Float>, at offset: Int) {
        x.withRow(row) { values in
            for i in 0..<values.count { y[offset + i] = values[i] }
        }
    }
}
