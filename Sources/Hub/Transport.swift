internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Why nothing, or nothing more, came from a server.
enum Transport {
    /// The reason in words.
    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: reason(error)
        case let error as NIOConnectionError: reason(error)
        case let error as IOError: String(cString: strerror(error.errnoCode))
        default: "\(error)"
        }
    }

    /// Whether no connection came about at all.
    static func isWithoutConnection(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: error == .connectTimeout
        case let error as IOError: [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, ETIMEDOUT].contains(error.errnoCode)
        default: error is NIOConnectionError
        }
    }

    private static func reason(_ error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout: "no connection came about in time"
        case .readTimeout: "no bytes came in time"
        case .remoteConnectionClosed: "the connection was closed"
        case .tlsHandshakeTimeout: "encryption was not agreed upon in time"
        default: error.shortDescription
        }
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        if let first = error.connectionErrors.first { return reason(first.error) }
        return "there is no host \(error.host)"
    }
}
