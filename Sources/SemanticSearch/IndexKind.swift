/// Which kind of FAISS index suits how many vectors, and what is known of a kind by its factory
/// string.
enum IndexKind {
    /// The most vectors that are searched exactly unless another kind is asked for.
    static let largestFlat = 200_000

    static func factory(forVectors count: Int) -> String {
        count <= largestFlat ? "Flat" : "HNSW32"
    }

    /// Whether an index learns from vectors first, of which there may be too few.
    static func isTrained(_ factory: String) -> Bool {
        !factory.split(separator: ",").allSatisfy { part in
            part == "Flat" || part.hasPrefix("HNSW") && part.dropFirst(4).allSatisfy(\.isNumber)
        }
    }

    /// Whether an index keeps vectors as they are, so that its scores are their inner products.
    static func keepsVectors(_ factory: String) -> Bool {
        factory.split(separator: ",").allSatisfy { part in
            part == "Flat" || ["HNSW", "IVF"].contains { kind in
                part.hasPrefix(kind) && part.dropFirst(kind.count).allSatisfy(\.isNumber)
            }
        }
    }
}
