internal import Glibc

/// A file or folder that could not be written, with the system's reason.
public struct FileError: Error, Equatable, CustomStringConvertible {
    public let path: String
    /// The system's words, such as "No space left on device".
    public let reason: String

    /// - Parameter code: the system's number of the error, by default that of the last call.
    package init(_ path: String, code: Int32 = errno) {
        self.path = path
        reason = String(cString: strerror(code))
    }

    public var description: String { "\(path): cannot be written: \(reason)" }
}
