/// Several texts' tokens side by side without padding: T tokens in S sequences.
package struct PackedBatch: Sendable {
    /// T token ids.
    package private(set) var ids: [Int32] = []
    /// T positions within the token's own sequence, from 0.
    package private(set) var positions: [Int32] = []
    /// T token types; 0 for every token of a single text.
    package private(set) var types: [Int32] = []
    /// S + 1 row numbers: where each sequence starts, and T.
    package private(set) var starts: [Int32] = [0]

    package var tokens: Int { ids.count }
    package var sequences: Int { starts.count - 1 }

    package init() {}

    package mutating func append(_ sequence: some Collection<Int32>) {
        ids.append(contentsOf: sequence)
        positions.append(contentsOf: 0..<Int32(sequence.count))
        types.append(contentsOf: repeatElement(0, count: sequence.count))
        starts.append(Int32(ids.count))
    }

    /// The rows of sequence `index`.
    package func rows(of index: Int) -> Range<Int> {
        Int(starts[index])..<Int(starts[index + 1])
    }
}
