internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The page for people: files that are part of the program.
extension ServiceCore {
    var pageRoutes: [ServiceRoute] {
        [
            PageFile("/", "text/html; charset=utf-8", PackageResources.index_html),
            PageFile("/page.css", "text/css; charset=utf-8", PackageResources.page_css),
            PageFile("/page.js", "text/javascript; charset=utf-8", PackageResources.page_js),
            PageFile("/texts.js", "text/javascript; charset=utf-8", PackageResources.texts_js),
            PageFile("/highlight.js", "text/javascript; charset=utf-8", PackageResources.highlight_js),
            PageFile("/icon.svg", "image/svg+xml", PackageResources.icon_svg),
            PageFile("/openapi.json", "application/json", PackageResources.openapi_json),
        ].map { file in ServiceRoute(.get, file.path, isOpen: true) { _, _ in file.response } }
    }
}

/// A file and the headers that it is sent with.
private struct PageFile: Sendable {
    let path: String
    private let headers: HTTPFields
    private let content: ByteBuffer

    init(_ path: String, _ type: String, _ bytes: [UInt8]) {
        self.path = path
        content = ByteBuffer(bytes: bytes)
        var headers: HTTPFields = [
            .contentType: type, .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
        ]
        headers.set(.contentSecurityPolicy, to: Self.policy)
        headers.set(.referrerPolicy, to: "no-referrer")
        self.headers = headers
    }

    /// Everything comes from the service itself, nothing stands inline, and no other page may frame it
    /// (https://www.w3.org/TR/CSP3/).
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    var response: Response {
        Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: content))
    }
}
