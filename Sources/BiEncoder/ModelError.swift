internal import Tokenization

/// Why a model folder cannot be used: the file, where there is one, and what is wrong with it.
public struct ModelError: Error, Equatable, CustomStringConvertible {
    /// The file or folder concerned.
    public let path: String
    /// What was found and what would have been right.
    public let reason: String

    public init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    init(_ error: TokenizerError) {
        self.init(error.path, error.field.isEmpty ? error.reason : "\(error.field): \(error.reason)")
    }

    public var description: String { "\(path): \(reason)" }
}
