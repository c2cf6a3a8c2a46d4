/// How far a build, or an adding of documents, has come.
public struct BuildProgress: Sendable {
    /// Documents whose texts have vectors.
    public var documents = 0
    /// Documents in all.
    public var total = 0
    /// Texts that were embedded, each distinct one once.
    public var embedded = 0
    /// Texts that had a vector already, in the index or in what is imported.
    public var reused = 0
    /// Texts that were cut because they were too long.
    public var truncated = 0

    public init() {}

    mutating func count(_ batch: PassageEmbedder.Batch, of documents: Int) {
        self.documents += documents
        embedded += batch.embedded
        reused += batch.count - batch.embedded
        truncated += batch.truncated
    }
}
