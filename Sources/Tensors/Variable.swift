/// A tensor within a pass: what an operation gave, and on the way back its gradient.
package final class Variable {
    /// What was computed, f32 or, where only matrix products read it, in their precision.
    package let value: Tensor
    /// The same in bf16, where matrix products run so and others need the f32 numbers.
    let rounded: Tensor?
    /// Whether anything on the way to it is trained.
    let needsGradient: Bool
    private let pool: MemoryPool?
    private var storedGradient: Tensor?

    /// A value that a caller gives, with no pass behind it.
    package convenience init(_ value: Tensor) {
        self.init(value, rounded: nil, needsGradient: true, pool: nil)
    }

    init(_ value: Tensor, rounded: Tensor?, needsGradient: Bool, pool: MemoryPool?) {
        self.value = value
        self.rounded = rounded
        self.needsGradient = needsGradient
        self.pool = pool
    }

    package var rows: Int { value.rows }
    package var columns: Int { value.columns }

    /// The f32 derivative of what is minimized with respect to the value. Zeros until an operation
    /// adds to it.
    package var gradient: Tensor {
        if let storedGradient { return storedGradient }
        let gradient = Tensor(rows: rows, columns: columns, precision: .f32, pool: pool)
        gradient.clear()
        storedGradient = gradient
        return gradient
    }

    /// What a matrix product of this precision reads.
    func operand(_ precision: Precision) -> Tensor {
        let tensor = value.precision == precision ? value : rounded
        guard let tensor, tensor.precision == precision else {
            preconditionFailure("an operand in \(precision)")
        }
        return tensor
    }
}
