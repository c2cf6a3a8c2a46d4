internal import Crypto
internal import HTTPTypes
internal import Hummingbird

/// Lets requests pass that show one of the service's tokens.
struct Authentication: RouterMiddleware {
    /// The digests of the tokens, which all have one length.
    private let digests: [SHA256Digest]

    init(tokens: [String]) {
        digests = tokens.map { SHA256.hash(data: Array($0.utf8)) }
    }

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        guard !digests.isEmpty else { return try await next(request, context) }
        guard let header = request.headers[.authorization] else {
            throw refusal("this service wants a token: send the header Authorization: Bearer TOKEN")
        }
        // Some clients of text-embeddings-inference send the token alone.
        let isBearer = header.prefix(7).lowercased() == "bearer "
        let shown = SHA256.hash(data: Array((isBearer ? header.dropFirst(7) : header[...]).utf8))
        // Every token is compared, and digests compare in constant time.
        let matches = digests.count { $0 == shown }
        guard matches > 0 else { throw refusal("the token is not one of this service's") }
        return try await next(request, context)
    }

    private func refusal(_ message: String) -> APIError {
        APIError(
            .unauthorized, "unauthorized", message, headers: [.wwwAuthenticate: "Bearer"])
    }
}
