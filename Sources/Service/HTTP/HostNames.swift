internal import HTTPTypes
internal import Hummingbird

/// Answers only requests that call the service by an address, by localhost, or by a name that is allowed.
///
/// A page from elsewhere can let its own name lead to 127.0.0.1 (DNS rebinding): to the browser the
/// service is then of the page's origin, and the page reads whatever this machine may read.
struct HostNames: RouterMiddleware {
    /// Names beside addresses and localhost; nil where every name will do.
    let allowed: [String]?

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        if let allowed, let authority = request.head.authority, !authority.isEmpty {
            let name = Self.name(of: authority)
            guard Self.meansThisMachine(name) || allowed.contains(where: { $0.lowercased() == name }) else {
                throw APIError(
                    .forbidden, "unknown_host",
                    "this service is not known as \"\(name)\"; if it should be, start it with "
                        + "--allowed-host \(name), or with --token-file")
            }
        }
        return try await next(request, context)
    }

    /// The host of an authority (RFC 3986, section 3.2) in lower case, without a port and a last dot.
    private static func name(of authority: String) -> String {
        var name = Substring(authority.lowercased())
        if name.hasPrefix("[") {
            name = name.prefix { $0 != "]" } + "]"
        } else {
            name = name.prefix { $0 != ":" }
        }
        return String(name.hasSuffix(".") ? name.dropLast() : name)
    }

    /// Whether no name server is asked for a host: it is an address, or localhost (RFC 6761, section 6.3).
    private static func meansThisMachine(_ name: String) -> Bool {
        if name == "localhost" || name.hasSuffix(".localhost") || name.hasPrefix("[") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && !parts.contains(nil)
    }
}
