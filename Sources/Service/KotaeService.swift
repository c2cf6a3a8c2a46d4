internal import HTTPTypes
package import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import NIOHTTPTypes
internal import ServiceLifecycle
internal import UnixSignals

/// Search and embeddings for other programs, over HTTP, and a page for people.
public struct KotaeService: Sendable {
    private let core: ServiceCore
    private let onReady: @Sendable (_ address: String) -> Void

    /// Opens the indexes and loads the models.
    ///
    /// - Parameters:
    ///   - onReady: gets the address, such as "http://127.0.0.1:8765", once the service listens there.
    /// - Throws: `ServiceError` for settings that exclude each other; what opening an index or loading a
    ///   model throws.
    public init(
        _ configuration: ServiceConfiguration, logger: Logger,
        onReady: @escaping @Sendable (_ address: String) -> Void = { _ in }
    ) throws {
        core = try ServiceCore(configuration, logger: logger)
        self.onReady = onReady
    }

    /// Serves until the process gets SIGTERM or SIGINT, and then answers what has come by then.
    ///
    /// - Throws: what listening throws, as when the port is taken.
    public func run() async throws {
        var configuration = ServiceGroupConfiguration(
            services: [application()], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: core.logger)
        configuration.maximumGracefulShutdownDuration = core.configuration.timeout
        try await ServiceGroup(configuration: configuration).run()
        try await core.stop()
    }

    /// What answers requests, with what goes on beside.
    package func application() -> some ApplicationProtocol {
        let settings = core.configuration
        let timeout = TimeAmount(settings.timeout)
        return Application(
            router: core.router(),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        ConnectionHandler(
                            core.connections, timeout: timeout, maximumBody: settings.maximumBody)
                    ],
                    idleTimeout: timeout,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: "kotae",
                availableConnectionsDelegate: MaximumAvailableConnections(settings.maximumConnections)),
            services: [Housekeeping(core: core)],
            onServerRunning: { [onReady] channel in onReady(address(of: channel, settings.host)) },
            logger: core.logger)
    }

    /// All routes, such as "GET /indexes/{index}".
    package var routes: [String] { core.routes.map { "\($0.method.rawValue) \($0.path)" } }

    /// Ends the threads of a service whose `application` was run elsewhere.
    package func stop() async throws { try await core.stop() }
}

private func address(of channel: any Channel, _ host: String) -> String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "http://\(name):\(channel.localAddress?.port ?? 0)"
}
