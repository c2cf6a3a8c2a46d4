internal import Random
internal import Tensors

/// Groups of pairs whose queries are in one k-means cluster, in a random order within it.
package struct ClusterBatches: BatchPolicy {
    private let grouping: Grouping
    /// The cluster of each pair.
    private let clusters: [Int]

    init(_ grouping: Grouping, clusters: [Int]) {
        self.grouping = grouping
        self.clusters = clusters
    }

    package func batches(_ input: inout BatchInput) -> [[Int]] {
        var members: [Int: [Int]] = [:]
        for (pair, cluster) in clusters.enumerated() { members[cluster, default: []].append(pair) }
        // In the order of the clusters' numbers, so that the seed decides the order within each.
        for cluster in members.keys.sorted() { members[cluster]?.shuffle(using: &input.random) }
        return grouping.batches(&input) { pair in members[clusters[pair]] ?? [] }
    }
}

/// Lloyd's algorithm on unit-length rows with cosine similarity (spherical k-means: Dhillon and
/// Modha, Machine Learning 2001), begun from distinct random rows.
enum KMeans {
    /// - Parameter vectors: rows × dimensions numbers.
    /// - Returns: each row's cluster in 0 ..< k. O(rounds · rows · k · dimensions).
    static func clusters(
        of vectors: [Float], rows: Int, k: Int, rounds: Int = 20, random: inout SeededGenerator,
        with worker: Worker
    ) throws(TensorError) -> [Int] {
        let d = vectors.count / max(rows, 1)
        var centres: [Float] = []
        for row in Array(0..<rows).shuffled(using: &random).prefix(k) {
            centres += vectors[row * d..<(row + 1) * d]
        }
        var assignment = [Int](repeating: -1, count: rows)
        var products = [Float](repeating: 0, count: rows * k)
        for _ in 0..<rounds {
            var span = products.mutableSpan
            try MatrixProduct.add(
                vectors.span, centres.span, transposingB: true, m: rows, n: k, k: d, to: &span,
                with: worker)
            var changed = false
            for row in 0..<rows {
                let best = (0..<k).reduce(0) {
                    products[row * k + $1] > products[row * k + $0] ? $1 : $0
                }
                changed = changed || best != assignment[row]
                assignment[row] = best
            }
            guard changed else { break }
            centres = [Float](repeating: 0, count: k * d)
            for row in 0..<rows {
                for i in 0..<d { centres[assignment[row] * d + i] += vectors[row * d + i] }
            }
            for cluster in 0..<k {
                var all = centres.mutableSpan
                var centre = all.extracting(cluster * d..<(cluster + 1) * d)
                UnitLength.forward(&centre)
            }
        }
        return assignment
    }
}
