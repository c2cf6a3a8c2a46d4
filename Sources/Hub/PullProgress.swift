/// How far a pull has come.
public struct PullProgress: Sendable, Equatable {
    /// The file that is being fetched.
    public let file: String
    /// Bytes of all files that are there, those that were there before left out, but for what an interrupted pull
    /// left of a file.
    public let done: Int
    /// Bytes of all files that were not there.
    public let total: Int
}
