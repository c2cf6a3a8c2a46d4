internal import HTTPTypes
internal import Hummingbird

/// Which methods the service's paths have: what the router itself does not tell of.
struct RouteTable: Sendable {
    /// A method and a path, whose variable parts are written as "{name}".
    struct Route: Hashable, Sendable {
        let method: String
        let path: String
    }

    private(set) var routes: [Route] = []

    mutating func add(_ method: HTTPRequest.Method, _ path: String) {
        routes.append(Route(method: method.rawValue, path: path))
    }

    /// What a request gets that no route answers: 405 where its path has other methods, 404 elsewhere.
    func refusal(of method: HTTPRequest.Method, at path: String) -> APIError {
        let methods = routes.filter { Self.matches($0.path, path) }.map(\.method)
        guard !methods.isEmpty else {
            return APIError(
                .notFound, "unknown_route",
                "there is nothing at this path; GET /openapi.json tells what there is")
        }
        let allowed = methods.joined(separator: ", ")
        return APIError(
            .methodNotAllowed, "method_not_allowed",
            "this path has no \(method.rawValue); it has \(allowed)", headers: [.allow: allowed])
    }

    private static func matches(_ template: String, _ path: String) -> Bool {
        let template = template.split(separator: "/")
        let path = path.split(separator: "/")
        return template.count == path.count
            && zip(template, path).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
