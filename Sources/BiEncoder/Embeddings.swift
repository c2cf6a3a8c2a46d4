internal import Tensors

/// The vectors of several texts, in the texts' order.
public struct Embeddings: Sendable {
    /// The number of vectors.
    public let count: Int
    /// The number of elements of each.
    public let dimensions: Int
    /// count × dimensions numbers, row-major.
    public internal(set) var values: [Float]
    /// For each text, how many tokens the model read, special tokens included.
    public internal(set) var tokens: [Int]
    /// For each text, how many of its tokens were cut because the text was too long.
    public internal(set) var cut: [Int]

    /// The vector of text `index`.
    public subscript(index: Int) -> ArraySlice<Float> {
        values[index * dimensions..<(index + 1) * dimensions]
    }

    /// How many texts were too long.
    public var truncated: Int { cut.count { $0 > 0 } }
}

extension Embeddings {
    /// Lends the vector of text `index`.
    package func withVector<R>(_ index: Int, _ body: (Span<Float>) throws -> R) rethrows -> R {
        try body(values.span.extracting(index * dimensions..<(index + 1) * dimensions))
    }

    /// Scales every vector to length 1.
    package mutating func scaleToUnitLength() {
        for index in 0..<count {
            var vector = Array(self[index])
            var span = vector.mutableSpan
            UnitLength.forward(&span)
            values.replaceSubrange(index * dimensions..<(index + 1) * dimensions, with: vector)
        }
    }
}
