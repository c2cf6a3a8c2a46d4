internal import Hummingbird
internal import Synchronization

/// Whether the service takes requests or is about to end.
final class Lifecycle: Sendable {
    private let isEnding = Atomic(false)

    var isShuttingDown: Bool { isEnding.load(ordering: .relaxed) }

    func shutDown() { isEnding.store(true, ordering: .relaxed) }
}

/// Refuses requests that come over open connections once the service is about to end.
struct ShutdownMiddleware: RouterMiddleware {
    let lifecycle: Lifecycle

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        if lifecycle.isShuttingDown { throw APIError.shuttingDown }
        return try await next(request, context)
    }
}
