internal import HTTPTypes
internal import Hummingbird

/// Lets pages of some origins send requests (https://fetch.spec.whatwg.org/#http-cors-protocol).
struct CrossOrigin: RouterMiddleware {
    /// Origins, or "*" for all.
    let origins: [String]

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        guard !origins.isEmpty, let origin = request.headers[.origin] else {
            return try await next(request, context)
        }
        let allowsAll = origins.contains("*")
        let allowed = allowsAll ? "*" : origins.first { $0 == origin }
        if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
            var headers: HTTPFields = [.vary: "Origin"]
            if let allowed {
                headers[.accessControlAllowOrigin] = allowed
                headers[.accessControlAllowMethods] = "GET, POST, PUT, DELETE"
                headers[.accessControlAllowHeaders] = "Authorization, Content-Type"
                headers[.accessControlMaxAge] = "600"
            }
            return Response(status: .noContent, headers: headers)
        }
        var response = try await next(request, context)
        response.headers[.accessControlAllowOrigin] = allowed
        response.headers[values: .vary].append("Origin")
        return response
    }
}
