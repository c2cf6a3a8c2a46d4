internal import Random
package import Tensors

extension TrainingSettings {
    /// The policy that the settings ask for.
    ///
    /// - Parameters:
    ///   - pairs: how many there are.
    ///   - embed: the unit-length embeddings of each pair's query by the base model, for the policies
    ///     that go by them for good.
    package func batchPolicy(
        pairs: Int, with worker: Worker, embed: () throws -> [Float]
    ) throws -> any BatchPolicy {
        guard pairs > 0 else { return RandomBatches() }
        let grouping = Grouping(groupSize: groupSize, allowsEqualTexts: equalTextsInGroups)
        switch policy {
        case .random: return RandomBatches()
        case .noDuplicates: return NoDuplicateBatches()
        case .shingles: return ShingleBatches(grouping)
        case .model: return NeighbourBatches(grouping, neighbours: neighbours)
        case .knn: return NeighbourBatches(grouping, neighbours: neighbours, fixed: try embed())
        case .kmeans:
            var random = SeededGenerator(seed: seed, .clusters)
            let clusters = try KMeans.clusters(
                of: try embed(), rows: pairs,
                k: min(pairs, max(1, clusters ?? pairs / (4 * groupSize))), random: &random,
                with: worker)
            return ClusterBatches(grouping, clusters: clusters)
        }
    }
}
