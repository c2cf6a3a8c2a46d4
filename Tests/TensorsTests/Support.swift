import Tensors

extension Tensor {
    /// A tensor with the given numbers, row-major.
    convenience init(_ values: [Float], columns: Int) {
        self.init(rows: values.count / columns, columns: columns)
        withMutableValues { span in
            for (index, value) in values.enumerated() { span[index] = value }
        }
    }

    var values: [Float] {
        withRows(0..<rows) { span in span.indices.map { span[$0] } }
    }
}

extension Variable {
    convenience init(_ values: [Float], columns: Int) {
        self.init(Tensor(values, columns: columns))
    }
}

/// The largest absolute difference; infinite when a number is missing or is not one.
func largestDifference(_ a: [Float], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    var largest = 0.0
    for (x, y) in zip(a, b) {
        let difference = abs(Double(x) - y)
        largest = difference.isNaN ? .infinity : max(largest, difference)
    }
    return largest
}
