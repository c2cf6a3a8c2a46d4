/// How thoroughly an index that does not search exactly looks for the nearest rows. Exact kinds
/// leave it unread.
public struct SearchEffort: Sendable, Equatable {
    /// How many of the best rows a search of an HNSW graph follows (FAISS's efSearch), at least 1;
    /// it is raised to the number of rows asked for. nil for 96, which over 20,000
    /// sentences finds more than 99 % of the ten nearest in an HNSW32 graph.
    public var efSearch: Int?
    /// How many lists of an IVF index are searched (FAISS's nprobe), at least 1. nil for an eighth
    /// of them, but at least 16.
    public var nprobe: Int?

    public init(efSearch: Int? = nil, nprobe: Int? = nil) {
        self.efSearch = efSearch
        self.nprobe = nprobe
    }
}
