/// Checks rows that are about to be scored or kept.
///
/// - Parameter vectors: n × `dimensions`, row-major.
/// - Throws: `FaissError` when the last row is cut short, or when a row's squared norm is not
///   finite. Where all are, every inner product is finite too, by Cauchy and Schwarz.
func checkRows(
    _ vectors: Span<Float>, dimensions: Int, operation: String
) throws(FaissError) {
    guard vectors.count.isMultiple(of: dimensions) else {
        throw FaissError(
            .invalidArgument, operation: operation,
            message: "\(vectors.count) numbers are not rows of \(dimensions)")
    }
    for row in 0..<vectors.count / dimensions {
        let range = row * dimensions..<(row + 1) * dimensions
        guard squaredNorm(vectors.extracting(range)).isFinite else {
            throw FaissError(
                .invalidArgument, operation: operation,
                message: "row \(row) has numbers that are not finite or too large")
        }
    }
}

private func squaredNorm(_ row: Span<Float>) -> Float {
    var lanes = SIMD16<Float>()
    var index = 0
    while index + 16 <= row.count {
        var values = SIMD16<Float>()
        for lane in 0..<16 {
            values[lane] = row[index + lane]
        }
        lanes += values * values
        index += 16
    }
    var sum = lanes.sum()
    while index < row.count {
        sum += row[index] * row[index]
        index += 1
    }
    return sum
}
