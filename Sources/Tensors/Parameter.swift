internal import COneDNN

/// f32 numbers of a model: copied, read in place from memory that `owner` keeps, or in training
/// with a gradient beside each.
package struct Parameter: @unchecked Sendable {
    // Sendable: nobody writes to the numbers after init, and `owner` keeps them where they are;
    // those in training are used by one thread at a time (`TrainableParameters`).
    package let shape: [Int]
    let pointer: UnsafePointer<Float>
    /// The derivatives, as many as numbers; nil outside of training and where the parameter is frozen.
    let gradient: UnsafeMutablePointer<Float>?
    let owner: any AnyObject & Sendable

    package var count: Int { shape.reduce(1, *) }

    /// Reads numbers in place, which `owner` keeps as long as it lives.
    ///
    /// - Precondition: `values` holds as many numbers as `shape` says, at least one.
    package init(
        shape: [Int], lending values: UnsafeBufferPointer<Float>, owner: any AnyObject & Sendable
    ) {
        guard let start = values.baseAddress, values.count == shape.reduce(1, *) else {
            preconditionFailure("a parameter's numbers and shape agree")
        }
        self.init(shape: shape, pointer: start, gradient: nil, owner: owner)
    }

    init(
        shape: [Int], pointer: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>?,
        owner: any AnyObject & Sendable
    ) {
        self.shape = shape
        self.pointer = pointer
        self.gradient = gradient
        self.owner = owner
    }

    /// Has `fill` write every number into memory of its own.
    package init(
        shape: [Int], filledBy fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
    ) rethrows {
        let numbers = Numbers(count: shape.reduce(1, *))
        try fill(numbers.memory)
        self.init(shape: shape, pointer: numbers.start, gradient: nil, owner: numbers)
    }

    /// Copies numbers.
    package init(shape: [Int], _ values: [Float]) {
        precondition(values.count == shape.reduce(1, *))
        self.init(shape: shape) { memory in _ = memory.initialize(from: values) }
    }

    /// Some of the rows of a matrix, in the same memory.
    package func rows(_ range: Range<Int>) -> Parameter {
        precondition(shape.count == 2 && range.lowerBound >= 0 && range.upperBound <= shape[0])
        let offset = range.lowerBound * shape[1]
        return Parameter(
            shape: [range.count, shape[1]], pointer: pointer + offset, gradient: gradient.map { $0 + offset },
            owner: owner)
    }

    /// Lends the numbers in row-major order.
    package func withValues<R>(_ body: (Span<Float>) throws -> R) rethrows -> R {
        try body(UnsafeBufferPointer(start: pointer, count: count).span)
    }

    /// Lends the gradient in row-major order; nil where there is none.
    package func withGradient<R>(_ body: (Span<Float>) throws -> R) rethrows -> R? {
        guard let gradient else { return nil }
        return try body(UnsafeBufferPointer(start: gradient, count: count).span)
    }
}

/// Owns the memory of a copied parameter.
private final class Numbers: @unchecked Sendable {
    // Sendable: written by Parameter's init alone, before anybody else sees it.
    let memory: UnsafeMutableBufferPointer<Float>
    let start: UnsafePointer<Float>

    init(count: Int) {
        let start = UnsafeMutablePointer<Float>.allocate(capacity: max(count, 1))
        start.initialize(repeating: 0, count: max(count, 1))
        self.start = UnsafePointer(start)
        memory = UnsafeMutableBufferPointer(start: start, count: count)
    }

    deinit { start.deallocate() }
}

extension Parameter {
    /// Widens IEEE half-precision numbers given as their bits.
    package init(shape: [Int], wideningF16 bits: UnsafeBufferPointer<UInt16>) {
        self.init(shape: shape) { odn_widen_f16(bits.baseAddress, Int64(bits.count), $0.baseAddress) }
    }

    /// Widens bfloat16 numbers given as their bits.
    package init(shape: [Int], wideningBF16 bits: UnsafeBufferPointer<UInt16>) {
        self.init(shape: shape) { odn_widen_bf16(bits.baseAddress, Int64(bits.count), $0.baseAddress) }
    }
}

extension Parameter {
    /// One below the other, along the first dimension; the others must agree.
    package init(stacking parts: [Parameter]) {
        self.init(shape: Self.stackedShape(parts)) { memory in
            var position = 0
            for part in parts {
                let numbers = UnsafeBufferPointer(start: part.pointer, count: part.count)
                _ = memory[position...].initialize(fromContentsOf: numbers)
                position += part.count
            }
        }
    }

    static func stackedShape(_ parts: [Parameter]) -> [Int] {
        let first = parts.first?.shape ?? []
        precondition(parts.allSatisfy { $0.shape.dropFirst() == first.dropFirst() })
        return [parts.reduce(0) { $0 + ($1.shape.first ?? 0) }] + first.dropFirst()
    }
}
