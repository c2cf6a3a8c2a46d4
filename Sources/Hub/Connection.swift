internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// Requests to a hub and to where it sends us on.
struct Connection: Sendable {
    /// The token goes to its origin alone.
    let endpoint: Address
    let token: String?
    let patience: Patience
    let client: HTTPClient

    init(_ settings: HubSettings) throws(HubError) {
        guard let endpoint = Address(settings.endpoint) else {
            throw .wrongSetting("HF_ENDPOINT", reason: "\(quoted(settings.endpoint)) is no address")
        }
        self.endpoint = endpoint
        token = settings.token
        patience = settings.patience
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(patience.connection), read: TimeAmount(patience.silence)))
        configuration.httpVersion = .http1Only
        configuration.proxy = settings.proxy.map { .server(host: $0.host, port: $0.port) }
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async throws { try await client.shutdown() }

    /// Sends a request, and again to where it is redirected.
    ///
    /// - Parameters:
    ///   - crosses: whether redirects to other servers are followed too.
    ///   - subject: what errors are about.
    /// - Throws: `HubError` for redirects that are not followed, and what `HTTPClient` throws.
    func send(
        _ method: HTTPMethod, _ address: Address, range: Int? = nil, crosses: Bool, subject: String
    ) async throws -> Answer {
        var address = address
        for _ in 0..<6 {
            var request = HTTPClientRequest(url: address.text)
            request.method = method
            request.headers.add(name: "user-agent", value: "kotae")
            // The size that is told is then that of the file.
            request.headers.add(name: "accept-encoding", value: "identity")
            if let range { request.headers.add(name: "range", value: "bytes=\(range)-") }
            if let token, address.origin == endpoint.origin {
                request.headers.add(name: "authorization", value: "Bearer \(token)")
            }
            let response = try await client.execute(request, deadline: .distantFuture)
            let answer = Answer(response: response, address: address, isEndpoint: address.origin == endpoint.origin)
            guard [301, 302, 303, 307, 308].contains(answer.status), let location = answer["location"] else {
                return answer
            }
            guard let next = address.redirected(to: location) else {
                throw HubError.invalidAnswer(subject, reason: "redirected to \(quoted(location)), which is no address")
            }
            if next.origin != address.origin {
                guard crosses else { return answer }
                guard next.isSecure || !address.isSecure else {
                    throw HubError.invalidAnswer(
                        subject, reason: "redirected from https to \(next.host) without encryption")
                }
            }
            address = next
        }
        throw HubError.invalidAnswer(subject, reason: "redirected more than 5 times")
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
