internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Watches over one connection: closes it when a request takes too long to arrive, tells those who work
/// for the client when it goes away, and lets it send a body that it has announced.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let connections: ClientConnections
    private let connection = ClientConnection()
    private let timeout: TimeAmount
    private let maximumBody: Int
    /// Closes the connection when the request that arrives is not whole by then.
    private var arrival: Scheduled<Void>?

    init(_ connections: ClientConnections, timeout: TimeAmount, maximumBody: Int) {
        self.connections = connections
        self.timeout = timeout
        self.maximumBody = maximumBody
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connections[context.channel] = connection
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        arrival?.cancel()
        connections[context.channel] = nil
        connection.close()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.close()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Who has closed its side waits for no answer, as other servers take it, too.
        if let event = event as? ChannelEvent, event == .inputClosed { connection.close() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let channel = context.channel
            arrival = context.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
            if expectsContinue(head) {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body: break
        case .end:
            arrival?.cancel()
            arrival = nil
        }
        context.fireChannelRead(data)
    }

    /// Whether the client waits for a word before it sends the body (RFC 9110, 10.1.1). It gets none for
    /// a body that is too large.
    private func expectsContinue(_ head: HTTPRequest) -> Bool {
        guard head.headerFields[.expect]?.lowercased() == "100-continue" else { return false }
        return (head.headerFields[.contentLength].flatMap { Int($0) } ?? 0) <= maximumBody
    }
}
