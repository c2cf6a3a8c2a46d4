internal import VectorIndex

/// Which kind of FAISS index suits how many vectors, and what is known of a kind by its factory
/// string.
package enum IndexKind {
    /// The most vectors that are searched exactly unless another kind is asked for.
    static let largestFlat = 200_000

    /// Checks a factory string that somebody has written, at no cost.
    ///
    /// - Parameter path: of the index that it is for.
    /// - Throws: `IndexError` of kind `invalid` when there is no such kind for vectors of this width.
    static func check(_ factory: String, dimensions: Int, path: String) throws(IndexError) {
        do throws(FaissError) {
            _ = try FaissIndexBuilder(dimensions: dimensions, factory: factory)
        } catch {
            throw IndexError(.invalid, path, error.message)
        }
    }

    /// The kind for so many vectors: exact up to 200,000, which takes some milliseconds a search, and a
    /// graph beyond.
    package static func factory(forVectors count: Int) -> String {
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
