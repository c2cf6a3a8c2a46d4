internal import COneDNN

/// An operation that the arithmetic library refused, in its own words.
public struct TensorError: Error, CustomStringConvertible {
    public let operation: String
    public let reason: String

    public var description: String { "\(operation): \(reason)" }

    init(_ operation: String, _ error: odn_error) {
        self.operation = operation
        reason = withUnsafeBytes(of: error.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    init(_ operation: String, reason: String) {
        self.operation = operation
        self.reason = reason
    }
}
