/// Why an index folder cannot be built, opened, searched or read.
public struct IndexError: Error, Equatable, CustomStringConvertible {
    /// What callers may want to tell apart.
    public enum Kind: Sendable {
        /// There is no index in the folder.
        case missing
        /// The folder's files are damaged, cut off or disagree.
        case damaged
        /// The index was written by a newer Kotae.
        case newerFormat
        /// A model with another fingerprint than the index's.
        case otherModel
        /// Ids that the index does not have.
        case unknownIDs
        /// An argument or a corpus that cannot be used.
        case invalid
        /// Another process is writing to the folder.
        case busy
        /// The operating system refused.
        case system
    }

    public let kind: Kind
    /// The file or folder concerned.
    public let path: String
    public let reason: String

    public init(_ kind: Kind, _ path: String, _ reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    public var description: String { "\(path): \(reason)" }
}
