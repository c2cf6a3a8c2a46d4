internal import Hummingbird
internal import NIOCore

/// What a request brings along.
struct ServiceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The client's connection, by which it is known whether it still waits.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// A part of the path that the route's template names, decoded.
    ///
    /// - Throws: `APIError` when its percent-encoding is not that of UTF-8.
    func pathPart(_ name: String) throws -> String {
        let raw = parameters.get(name) ?? ""
        guard let text = raw.decodedFromURL() else {
            throw APIError.invalid(name, "the path's \(name) is not percent-encoded UTF-8")
        }
        return text
    }
}
