import CFaiss

/// What FAISS or the operating system refused, or an argument that an index cannot take.
public struct FaissError: Error, Equatable, CustomStringConvertible {
    /// What kind of error this is.
    public enum Code: Sendable {
        case invalidArgument
        case outOfMemory
        /// A file cannot be opened, read, written or flushed.
        case inputOutput
        /// A file is no index of a kind that is read here, or is damaged.
        case malformedFile
        /// FAISS threw an exception for another reason.
        case library
    }

    public let code: Code
    /// What was being done: "read", "write", "search", …
    public let operation: String
    /// What was found and what would have been right.
    public let message: String
    /// The index file, where one is at fault.
    public let path: String?

    init(_ code: Code, operation: String, path: String? = nil, message: String) {
        self.code = code
        self.operation = operation
        self.path = path
        self.message = message
    }

    /// For example `indexes/faq/vectors.faiss: cannot open: No such file or directory`.
    public var description: String { "\(path ?? "FAISS \(operation)"): \(message)" }
}

/// Calls a function of the C interface and throws what it reports.
func callFaiss(
    _ operation: String, path: String? = nil,
    _ body: (UnsafeMutablePointer<cfaiss_error>) -> cfaiss_code
) throws(FaissError) {
    var error = cfaiss_error()
    // The C function fills the struct during the call and does not keep the pointer.
    let result = withUnsafeMutablePointer(to: &error, body)
    if result == CFAISS_OK { return }
    let message = withUnsafeBytes(of: &error.message) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    throw FaissError(FaissError.Code(result), operation: operation, path: path, message: message)
}

extension FaissError.Code {
    init(_ code: cfaiss_code) {
        self =
            switch code {
            case CFAISS_INVALID_ARGUMENT: .invalidArgument
            case CFAISS_OUT_OF_MEMORY: .outOfMemory
            case CFAISS_IO: .inputOutput
            case CFAISS_MALFORMED_FILE: .malformedFile
            default: .library
            }
    }
}
