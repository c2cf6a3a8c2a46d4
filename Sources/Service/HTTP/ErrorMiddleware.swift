internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Gives every error the form that its route's clients expect.
struct ErrorMiddleware: RouterMiddleware {
    let routes: RouteTable

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let known = apiError(error, request, context)
            let convention = ErrorConvention(path: request.uri.path)
            return Response(convention.json(known), status: known.status, headers: known.headers)
        }
    }

    private func apiError(
        _ error: any Error, _ request: Request, _ context: ServiceContext
    ) -> APIError {
        if let known = APIError(error) { return known }
        if let error = error as? HTTPError, error.status == .notFound {
            return routes.refusal(of: request.method, at: request.uri.path)
        }
        context.logger.error(
            "a request failed", metadata: ["error": "\(error)", "route": "\(context.endpointPath ?? "")"])
        return APIError(
            .internalServerError, "internal_error",
            "the service failed to answer; its log tells more under the request's id")
    }
}
