internal import Hummingbird
internal import JSON
internal import NIOCore

extension ServiceCore {
    /// Whether the service lives, whether it takes requests, and what it has counted.
    var healthRoutes: [ServiceRoute] {
        [
            ServiceRoute(.get, "/health", isOpen: true) { _, _ in Response(["status": "ok"]) },
            ServiceRoute(.get, "/ready", isOpen: true) { [self] _, _ in
                if lifecycle.isShuttingDown { throw APIError.shuttingDown }
                return Response(["status": "ready"])
            },
        ]
    }
}
