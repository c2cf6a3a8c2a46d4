import CFaiss

extension FaissIndex {
    /// Whether a factory string is that of an HNSW graph over rows as they are, such as "HNSW32".
    package static func isGraph(_ factory: String) -> Bool { cfaiss_is_graph(factory) }

    /// Writes the file of an HNSW graph over the rows of this index, and flushes it, whatever stood
    /// there before. The rows stay in this index's file, so that memory holds the graph alone: with 32
    /// neighbours some 280 bytes a row. O(rows · log rows).
    ///
    /// On more than one of this index's threads the graph comes out different each time.
    ///
    /// - Parameters:
    ///   - factory: FAISS's factory string, of which `isGraph` holds; not read where a former graph is
    ///     extended.
    ///   - former: an index from a file of such a graph over the first of these rows, to be extended and
    ///     of the kind that it is; nil for a graph made anew.
    ///   - generation: see `FaissIndex.generation`.
    /// - Throws: `FaissError` with the path, or that of a damaged one of the other two files; when this
    ///   is not a "Flat" index from a file.
    package func writeGraph(
        _ factory: String, extending former: FaissIndex? = nil, to path: String, generation: UInt64 = 0
    ) throws(FaissError) {
        // First, so that it is the damaged file that is named.
        try check()
        try former?.check()
        cfaiss_set_threads(Int32(clamping: threads))
        try callFaiss("write", path: path) { error in
            cfaiss_write_graph(
                index, factory, former?.index, path, Int32(clamping: threads), generation, error)
        }
    }
}
