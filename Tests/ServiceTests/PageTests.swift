import HTTPTypes
import HummingbirdTesting
import JSON
import NIOCore
import Service
import Testing

/// The page and the service's description of itself.
@Suite struct PageTests {
    @Test(arguments: [
        ("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript"),
        ("/texts.js", "text/javascript"), ("/highlight.js", "text/javascript"), ("/icon.svg", "image/svg"),
    ])
    func `the page's files allow nothing but themselves`(path: String, type: String) async throws {
        try await withService(documents: nil) { service in
            let answer = try await service.get(path)
            #expect(answer.status == .ok && answer.body.readableBytes > 100)
            #expect(answer.header("content-type")?.hasPrefix(type) == true)
            let policy = try #require(answer.header("content-security-policy"))
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
            let text = String(buffer: answer.body)
            for forbidden in ["innerHTML", "http://localhost", "onclick=", "<style", " style="] {
                #expect(!text.contains(forbidden), "\(forbidden)")
            }
        }
    }

    @Test func `the description has the service's routes, all of them and no other`() async throws {
        try await withService { service in
            let description = try await service.get("/openapi.json").json
            let paths = try #require(description["paths"]?.object)
            let described = paths.members.flatMap { path, methods in
                (methods.object?.keys ?? []).map { "\($0.uppercased()) \(path)" }
            }
            // The page, and an address that clients know without being told.
            let pages = ["/", "/page.css", "/page.js", "/texts.js", "/highlight.js", "/icon.svg"]
            let routes = service.service.routes.filter { route in
                !pages.contains { route == "GET \($0)" || route == "POST \($0)" }
            }
            #expect(described.sorted() == routes.sorted())
        }
    }

    @Test func `every reference in the description leads somewhere`() async throws {
        try await withService(documents: nil) { service in
            let description = try await service.get("/openapi.json").json
            for reference in references(in: description) {
                let parts = reference.split(separator: "/").dropFirst().map(String.init)
                let target = parts.reduce(description as JSONValue?) { $0?[$1] }
                #expect(target != nil, "\(reference)")
            }
        }
    }
}

private func references(in value: JSONValue) -> [String] {
    switch value {
    case .array(let elements): elements.flatMap(references)
    case .object(let object):
        object.members.flatMap { key, value in
            key == "$ref" ? [value.string ?? ""] : references(in: value)
        }
    default: []
    }
}
