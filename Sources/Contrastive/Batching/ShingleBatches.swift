/// Groups of pairs whose queries share a run of tokens (a shingle). Runs are of the model's tokens,
/// so that languages without spaces work too.
///
/// Chernyavskiy et al. 2022, section 3, group sentences by a shared word shingle.
package struct ShingleBatches: BatchPolicy {
    private let grouping: Grouping
    /// Tokens of a run.
    private let length: Int

    init(_ grouping: Grouping, length: Int = 2) {
        self.grouping = grouping
        self.length = length
    }

    package func batches(_ input: inout BatchInput) -> [[Int]] {
        var holders: [[Int32]: [Int]] = [:]
        var shingles: [[[Int32]]] = []
        for (index, pair) in input.set.pairs.enumerated() {
            let tokens = Array(input.queryTokens(pair.query))
            let runs = tokens.indices.dropLast(length - 1).map { Array(tokens[$0..<$0 + length]) }
            let distinct = Set(runs).sorted { $0.lexicographicallyPrecedes($1) }
            shingles.append(distinct)
            for run in distinct { holders[run, default: []].append(index) }
        }
        for index in shingles.indices {
            // The rarest shared run first: it says most about a text.
            shingles[index].sort {
                let (a, b) = (holders[$0]?.count ?? 0, holders[$1]?.count ?? 0)
                return a != b ? a < b : $0.lexicographicallyPrecedes($1)
            }
        }
        let order = shingles
        for run in holders.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            holders[run]?.shuffle(using: &input.random)
        }
        return grouping.batches(&input) { pair in
            order[pair].lazy.flatMap { holders[$0] ?? [] }
        }
    }
}
