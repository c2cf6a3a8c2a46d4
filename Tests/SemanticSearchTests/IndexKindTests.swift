import SemanticSearch
import Testing

@Suite struct `The kind of an index` {
    @Test(arguments: [(1, "Flat"), (200_000, "Flat"), (200_001, "HNSW32"), (5_000_000, "HNSW32")])
    func `is exact for up to 200,000 texts and a graph beyond, unless it is chosen`(vectors: Int, factory: String) {
        #expect(IndexKind.factory(forVectors: vectors) == factory)
    }
}
