internal import AsyncHTTPClient
internal import NIOHTTP1

/// What a server says to a request.
struct Answer: Sendable {
    let response: HTTPClientResponse
    let address: Address
    /// Whether it comes from the hub itself, rather than from where that keeps its files.
    let isEndpoint: Bool

    var status: Int { Int(response.status.code) }

    var isSuccess: Bool { (200..<300).contains(status) }

    /// The first header of a name.
    subscript(name: String) -> String? { response.headers.first(name: name) }

    /// Whether asking again may help.
    var isTransient: Bool { status == 408 || status == 429 || (500..<600).contains(status) }

    /// The seconds that the server wants to be left alone.
    var retryAfter: Int? { self["retry-after"].flatMap(Int.init).flatMap { $0 >= 0 ? $0 : nil } }
}
