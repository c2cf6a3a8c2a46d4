internal import EmbeddingStore

extension StoreCounts {
    /// The vectors that searches look at: the rows of the FAISS file that still stand for a text, and
    /// those that wait beside it.
    var searchedVectors: Int { rows - tombstones + pending }
}
