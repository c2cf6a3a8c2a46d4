internal import HTTPTypes
internal import Hummingbird

/// One of the service's routes.
struct ServiceRoute: Sendable {
    typealias Handler = @Sendable (Request, ServiceContext) async throws -> Response

    let method: HTTPRequest.Method
    /// Its variable parts are written as "{name}".
    let path: String
    /// Whether it is answered without a token.
    let isOpen: Bool
    let handler: Handler

    init(
        _ method: HTTPRequest.Method, _ path: String, isOpen: Bool = false, handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.isOpen = isOpen
        self.handler = handler
    }
}

extension ServiceCore {
    /// All routes.
    var routes: [ServiceRoute] {
        [
            healthRoutes, openAIRoutes, inferenceRoutes, indexRoutes, searchRoutes, lookupRoutes,
            changeRoutes, feedbackRoutes, metricsRoutes, pageRoutes,
        ].flatMap(\.self)
    }

    /// What answers requests.
    func router() -> Router<ServiceContext> {
        let routes = self.routes
        var table = RouteTable()
        for route in routes { table.add(route.method, route.path) }
        let router = Router(context: ServiceContext.self)
        router.add(middleware: RequestMetrics(factory: metrics))
        router.add(middleware: CrossOrigin(origins: configuration.corsOrigins))
        router.add(middleware: ErrorMiddleware(routes: table))
        let isOpen = configuration.tokens.isEmpty && !configuration.isInsecure
        router.add(middleware: HostNames(allowed: isOpen ? configuration.allowedHosts : nil))
        for route in routes where route.isOpen {
            router.on(RouterPath(route.path), method: route.method, use: route.handler)
        }
        let guarded = router.group()
            .add(middleware: ShutdownMiddleware(lifecycle: lifecycle))
            .add(middleware: Authentication(tokens: configuration.tokens))
        for route in routes where !route.isOpen {
            guarded.on(RouterPath(route.path), method: route.method, use: route.handler)
        }
        return router
    }
}
