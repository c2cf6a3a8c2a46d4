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
