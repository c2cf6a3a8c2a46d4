package import Random

/// How pairs come together in batches: in-batch negatives are what the batch holds.
package enum BatchPolicyKind: String, Sendable, Codable, CaseIterable {
    /// A random order.
    case random
    /// Groups of pairs whose queries share a run of tokens.
    case shingles
    /// Groups within k-means clusters of the queries' first embeddings.
    case kmeans
    /// Groups of nearest neighbours by the queries' first embeddings.
    case knn
    /// Groups of nearest neighbours by the current model's embeddings, anew each epoch, the first
    /// included: the paper's best.
    case model
    /// A random order in which no batch has a text twice.
    case noDuplicates = "no-duplicates"
}

/// What a policy may look at.
package struct BatchInput {
    package let set: PairSet
    package let batchSize: Int
    /// Decides every choice of this epoch.
    package var random: SeededGenerator
    /// The token ids of each query, by its number, without special tokens.
    package let queryTokens: (Int) -> ArraySlice<Int32>
    /// The unit-length embeddings of each pair's query, pairs × dimensions, by the current model.
    package let embedQueries: () throws -> [Float]

    package init(
        set: PairSet, batchSize: Int, random: SeededGenerator,
        queryTokens: @escaping (Int) -> ArraySlice<Int32>,
        embedQueries: @escaping () throws -> [Float]
    ) {
        self.set = set
        self.batchSize = batchSize
        self.random = random
        self.queryTokens = queryTokens
        self.embedQueries = embedQueries
    }
}

/// Forms the batches of one epoch.
package protocol BatchPolicy {
    /// Batches of pair numbers. Every pair stands in exactly one.
    func batches(_ input: inout BatchInput) throws -> [[Int]]
}

/// A random order, cut into batches.
package struct RandomBatches: BatchPolicy {
    package init() {}

    package func batches(_ input: inout BatchInput) -> [[Int]] {
        Array(input.set.pairs.indices).shuffled(using: &input.random).chunked(input.batchSize)
    }
}

extension Array {
    /// Runs of `size` elements; the last may be shorter.
    func chunked(_ size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
