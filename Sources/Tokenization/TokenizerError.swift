/// Why a `tokenizer.json` cannot be used.
public struct TokenizerError: Error, Equatable, CustomStringConvertible {
    /// What callers may want to tell apart.
    public enum Kind: Sendable {
        /// The file could not be read.
        case unreadable
        /// The file is not JSON.
        case notJSON
        /// A value is missing, of the wrong kind, out of range or contradicts another.
        case invalid
        /// The file is as it should be but asks for a stage that this module does not have.
        case unsupported
    }

    public let kind: Kind
    /// The file, as the caller named it.
    public let path: String
    /// The value at fault, such as `model.vocab` or `added_tokens[3].id`; empty for the whole file.
    public let field: String
    /// What was found and what would have been right.
    public let reason: String

    public init(kind: Kind, path: String, field: String = "", reason: String) {
        self.kind = kind
        self.path = path
        self.field = field
        self.reason = reason
    }

    public var description: String {
        field.isEmpty ? "\(path): \(reason)" : "\(path): \(field): \(reason)"
    }
}
