internal import EmbeddingStore
internal import Filters
internal import HTTPTypes
internal import JSON
internal import SemanticSearch

/// A request that cannot be answered as asked, before it takes the form of a route's convention.
struct APIError: Error {
    let status: HTTPResponse.Status
    /// A name for programs, such as "unknown_index".
    let code: String
    /// A sentence for people that says what would be right.
    let message: String
    /// The parameter concerned.
    var parameter: String?
    var headers: HTTPFields = [:]

    init(
        _ status: HTTPResponse.Status, _ code: String, _ message: String, parameter: String? = nil,
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.parameter = parameter
        self.headers = headers
    }
}

extension APIError {
    static func invalid(_ parameter: String?, _ message: String) -> APIError {
        APIError(.badRequest, "invalid_request", message, parameter: parameter)
    }

    static func emptyText(_ parameter: String) -> APIError {
        APIError(.badRequest, "empty_text", "\(parameter) holds an empty text", parameter: parameter)
    }

    /// Too much waits already; it is worth trying again after `seconds`.
    static func overloaded(retryAfter seconds: Int) -> APIError {
        APIError(
            .tooManyRequests, "overloaded",
            "too many texts wait to be embedded; try again in \(seconds) s",
            headers: [.retryAfter: "\(seconds)"])
    }

    static let timedOut = APIError(
        .serviceUnavailable, "timeout", "the request waited too long for the encoder; try again",
        headers: [.retryAfter: "1"])

    static let shuttingDown = APIError(
        .serviceUnavailable, "shutting_down", "the service is shutting down; try again later",
        headers: [.retryAfter: "5"])

    /// Nobody reads this one; it ends the handling of a request.
    static let clientGone = APIError(
        HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request"), "client_gone",
        "the client has closed the connection")
}

extension APIError {
    /// What an error of the libraries below is to a client; nil for one that is the service's own fault,
    /// of which clients learn no details.
    init?(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as JSONError:
            self.init(.badRequest, "invalid_json", "the body is not JSON: \(error)")
        case let error as FilterError:
            self.init(.badRequest, "invalid_filter", "where: \(error)", parameter: "where")
        case let error as IndexError:
            switch error.kind {
            case .unknownIDs:
                self.init(.notFound, "unknown_id", error.reason, parameter: "id")
            case .invalid:
                self.init(.badRequest, "invalid_request", error.reason)
            case .busy:
                self.init(
                    .serviceUnavailable, "busy", error.reason, headers: [.retryAfter: "1"])
            default: return nil
            }
        default: return nil
        }
    }
}
