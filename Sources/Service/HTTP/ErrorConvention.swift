internal import HTTPTypes
internal import JSON

/// How a family of routes tells errors.
enum ErrorConvention {
    /// `{"error": {"message", "type", "param", "code"}}`, all four always there.
    case openAI
    /// `{"error", "error_type"}`, as text-embeddings-inference has it.
    case textEmbeddingsInference
    /// `{"error": {"code", "message", "param"}}`.
    case kotae

    /// The convention of a path, whether it has a route or not.
    init(path: some StringProtocol) {
        let first = path.split(separator: "/", maxSplits: 1).first
        switch first {
        case "v1": self = .openAI
        case "embed", "similarity", "tokenize", "info": self = .textEmbeddingsInference
        default: self = .kotae
        }
    }

    func json(_ error: APIError) -> JSONValue {
        let parameter = error.parameter.map(JSONValue.string) ?? .null
        switch self {
        case .openAI:
            return [
                "error": [
                    "message": .string(error.message), "type": .string(Self.openAIType(error.status)),
                    "param": parameter, "code": .string(error.code),
                ]
            ]
        case .textEmbeddingsInference:
            return ["error": .string(error.message), "error_type": .string(Self.inferenceType(error))]
        case .kotae:
            return [
                "error": [
                    "code": .string(error.code), "message": .string(error.message), "param": parameter,
                ]
            ]
        }
    }

    private static func openAIType(_ status: HTTPResponse.Status) -> String {
        switch status.code {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    private static func inferenceType(_ error: APIError) -> String {
        switch error.status.code {
        case 429: "Overloaded"
        case 503: "Unhealthy"
        case 500...: "Backend"
        default: error.code == "empty_text" ? "Empty" : "Validation"
        }
    }
}
