internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Metrics
internal import Synchronization

/// Counts and times requests by the templates of their routes, and tells of each in the log at level
/// debug: never what was asked, which may be personal.
struct RequestMetrics: RouterMiddleware {
    private let handlers: Handlers
    private let active: Meter

    init(factory: any MetricsFactory) {
        handlers = Handlers(factory: factory)
        active = Meter(label: "kotae_http_requests_in_progress", factory: factory)
    }

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        active.increment()
        defer { active.decrement() }
        var response = try await next(request, context)
        let duration = ContinuousClock.now - start
        let endpoint = Endpoint(
            route: context.endpointPath ?? "none", method: request.method,
            status: response.status.code)
        let (counter, timer) = handlers[endpoint]
        counter.increment()
        timer.recordNanoseconds(duration.nanoseconds)
        // Hummingbird gives each request an id with its logger, which not every log handler keeps.
        if let id = context.logger[metadataKey: "hb.request.id"] {
            response.headers.set(.requestID, to: "\(id)")
        }
        context.logger.debug(
            "answered",
            metadata: [
                "route": "\(endpoint.route)", "method": "\(endpoint.method)",
                "status": "\(endpoint.status)", "milliseconds": "\(duration / .milliseconds(1))",
            ])
        return response
    }
}

/// What requests are told apart by.
private struct Endpoint: Hashable {
    let route: String
    let method: HTTPRequest.Method
    let status: Int
}

/// A counter and a timer for each kind of request, made when the first one comes.
private final class Handlers: Sendable {
    private let factory: any MetricsFactory
    private let known = Mutex<[Endpoint: Pair]>([:])

    private typealias Pair = (counter: Counter, timer: Metrics.Timer)

    init(factory: any MetricsFactory) { self.factory = factory }

    subscript(endpoint: Endpoint) -> (Counter, Metrics.Timer) {
        known.withLock { known in
            if let pair = known[endpoint] { return pair }
            // Methods that no route has are clients' inventions, of which there may be many.
            let method = HTTPRequest.Method.known.contains(endpoint.method) ? endpoint.method.rawValue : "other"
            let labels = [("route", endpoint.route), ("method", method)]
            let pair = Pair(
                Counter(
                    label: "kotae_http_requests_total",
                    dimensions: labels + [("status", "\(endpoint.status)")], factory: factory),
                Metrics.Timer(
                    label: "kotae_http_request_duration_seconds", dimensions: labels, factory: factory))
            if method != "other" { known[endpoint] = pair }
            return pair
        }
    }
}

extension HTTPRequest.Method {
    fileprivate static let known: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .delete, .options]
}
