/// Which kind of FAISS index suits how many vectors.
enum IndexKind {
    /// The most vectors that are searched exactly unless another kind is asked for.
    static let largestFlat = 200_000

    static func factory(forVectors count: Int) -> String {
        count <= largestFlat ? "Flat" : "HNSW32"
    }
}
