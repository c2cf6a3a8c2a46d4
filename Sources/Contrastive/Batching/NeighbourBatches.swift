internal import VectorIndex

/// Groups of pairs whose queries are neighbours.
package struct NeighbourBatches: BatchPolicy {
    private let grouping: Grouping
    /// How many neighbours of a query are candidates.
    private let neighbours: Int
    /// Embeddings that stay; nil for those of the current model, anew each epoch.
    private let fixed: [Float]?

    init(_ grouping: Grouping, neighbours: Int, fixed: [Float]? = nil) {
        self.grouping = grouping
        self.neighbours = neighbours
        self.fixed = fixed
    }

    package func batches(_ input: inout BatchInput) throws -> [[Int]] {
        let count = input.set.pairs.count
        let embeddings = try fixed ?? input.embedQueries()
        let width = embeddings.count / max(count, 1)
        var builder = try FaissIndexBuilder(dimensions: width, capacity: count)
        try builder.add(embeddings.span)
        let found = try builder.finish().search(embeddings.span, k: min(count, neighbours + 1))
        return grouping.batches(&input) { pair in found[pair].lazy.map(\.row) }
    }
}
