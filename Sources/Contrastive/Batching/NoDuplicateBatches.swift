/// A random order in which a pair whose query or passage the batch has already waits for a later
/// batch, as in sentence-transformers' `NoDuplicatesBatchSampler`, except that no pair is dropped at
/// the end: the last batches may be small.
package struct NoDuplicateBatches: BatchPolicy {
    package init() {}

    package func batches(_ input: inout BatchInput) -> [[Int]] {
        var waiting = Array(input.set.pairs.indices).shuffled(using: &input.random)
        var batches: [[Int]] = []
        while !waiting.isEmpty {
            var batch: [Int] = []
            var texts: Set<String> = []
            var later: [Int] = []
            for (position, index) in waiting.enumerated() {
                if batch.count == input.batchSize {
                    later += waiting[position...]
                    break
                }
                let pair = input.set.pairs[index]
                let own: Set = [input.set.queries[pair.query], input.set.passages[pair.passage]]
                if texts.isDisjoint(with: own) {
                    texts.formUnion(own)
                    batch.append(index)
                } else {
                    later.append(index)
                }
            }
            batches.append(batch)
            waiting = later
        }
        return batches
    }
}
