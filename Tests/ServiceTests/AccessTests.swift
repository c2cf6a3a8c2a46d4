import HTTPTypes
import HummingbirdTesting
import JSON
import Logging
import Service
import TestSupport
import Testing

/// Who may do what, and what a request may be.
@Suite struct AccessTests {
    @Test func `with tokens only requests that show one are answered`() async throws {
        try await withService { $0.tokens = ["first secret", "second"] } _: { service in
            for shown in ["Bearer first secret", "bearer second", "second"] {
                let answer = try await service.get("/indexes", headers: ["authorization": shown])
                #expect(answer.status == .ok, "\(shown)")
            }
            for shown in ["Bearer first", "Bearer ", "Basic second", "secondsecond"] {
                let answer = try await service.get("/indexes", headers: ["authorization": shown])
                #expect(answer.status == .unauthorized, "\(shown)")
                #expect(answer.header("www-authenticate") == "Bearer")
            }
            for path in ["/indexes", "/metrics", "/v1/models", "/info"] {
                #expect(try await service.get(path).status == .unauthorized)
            }
            let refused = try await service.post("/v1/embeddings", ["input": "a"])
            #expect(try refused.json["error"]?["type"] == "authentication_error")
            for path in ["/", "/page.js", "/health", "/ready", "/openapi.json"] {
                #expect(try await service.get(path).status == .ok)
            }
        }
    }

    @Test(arguments: [
        ("127.0.0.1", false, true), ("localhost", false, true), ("::1", false, true),
        ("127.8.0.9", false, true), ("0.0.0.0", false, false), ("127.evil.example.com", false, false),
        ("192.168.1.4", false, false), ("0.0.0.0", true, true),
    ])
    func `without a token only this machine may be served, unless that is wanted`(
        host: String, isInsecure: Bool, isAllowed: Bool
    ) async throws {
        var configuration = ServiceConfiguration()
        configuration.models = [fixture("models/bert-mean")]
        configuration.host = host
        configuration.isInsecure = isInsecure
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        if isAllowed {
            try await KotaeService(configuration, logger: logger).stop()
        } else {
            #expect(throws: ServiceError.self) { try KotaeService(configuration, logger: logger) }
            configuration.tokens = ["secret"]
            try await KotaeService(configuration, logger: logger).stop()
        }
    }

    @Test func `bodies that are too large or no JSON by their type are refused`() async throws {
        try await withService(documents: nil) { $0.maximumBody = 1000 } _: { service in
            let large = #"{"input": "\#(String(repeating: "a", count: 1000))"}"#
            let tooLarge = try await service.send(.post, "/v1/embeddings", body: large)
            #expect(tooLarge.status == .contentTooLarge)
            #expect(try tooLarge.json["error"]?["code"] == "body_too_large")
            for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
                let answer = try await service.send(
                    .post, "/v1/embeddings", headers: ["content-type": type], body: #"{"input": "a"}"#)
                #expect(answer.status == .unsupportedMediaType)
            }
            for type in ["application/json; charset=utf-8", "Application/JSON"] {
                let answer = try await service.send(
                    .post, "/v1/embeddings", headers: ["content-type": type], body: #"{"input": "a"}"#)
                #expect(answer.status == .ok)
            }
        }
    }

    @Test func `unknown paths and methods are told in the convention of their family`() async throws {
        try await withService { service in
            let unknown = try await service.get("/nothing")
            #expect(unknown.status == .notFound)
            #expect(try unknown.json["error"]?["code"] == "unknown_route")
            let openAI = try await service.get("/v1/completions")
            #expect(openAI.status == .notFound)
            #expect(try openAI.json["error"]?.object?.keys == ["message", "type", "param", "code"])
            let method = try await service.send(.delete, "/indexes/faq/search")
            #expect(method.status == .methodNotAllowed)
            #expect(method.header("allow") == "POST, GET")
        }
    }

    @Test func `JSON nested too deeply is refused`() async throws {
        try await withService { service in
            let deep = String(repeating: "[", count: 100_000)
            let answer = try await service.send(
                .post, "/indexes/faq/search", body: #"{"query": "a", "where": \#(deep)"#)
            #expect(answer.status == .badRequest)
        }
    }

    @Test(arguments: [
        ("localhost:8765", true), ("LOCALHOST.", true), ("faq.localhost", true), ("127.0.0.1:1", true), ("[::1]:80", true),
        ("10.0.0.7", true), ("faq.example.com:80", true), ("example.com", false), ("127.0.0.1.example.com", false),
        ("localhost.example.com:8765", false), ("1.2.3", false),
    ])
    func `without a token only names that mean this machine, or are allowed, are answered`(
        host: String, isAnswered: Bool
    ) async throws {
        func statuses(_ configure: (inout ServiceConfiguration) -> Void) async throws -> [String] {
            try await withService(.ahc(), documents: nil, configure: configure) { service in
                try await RawClient.run(service) { client in
                    client.send("GET /health HTTP/1.1\r\nhost: \(host)\r\nconnection: close\r\n\r\n")
                    return try #require(client.readToEnd()).split(separator: " ").dropFirst().prefix(1).map(String.init)
                }
            }
        }
        #expect(try await statuses { $0.allowedHosts = ["FAQ.example.com"] } == [isAnswered ? "200" : "403"])
        #expect(try await statuses { $0.tokens = ["secret"] } == ["200"])
        #expect(try await statuses { $0.isInsecure = true } == ["200"])
    }

    @Test func `pages of allowed origins may send requests, others not`() async throws {
        try await withService { $0.corsOrigins = ["https://faq.example.com"] } _: { service in
            let allowed = ["origin": "https://faq.example.com", "access-control-request-method": "POST"]
            let preflight = try await service.send(.options, "/indexes/faq/search", headers: allowed)
            #expect(preflight.status == .noContent)
            #expect(preflight.header("access-control-allow-origin") == "https://faq.example.com")
            let answer = try await service.get("/indexes", headers: ["origin": "https://faq.example.com"])
            #expect(answer.header("access-control-allow-origin") == "https://faq.example.com")
            let other = try await service.get("/indexes", headers: ["origin": "https://example.com"])
            #expect(other.header("access-control-allow-origin") == nil && other.header("vary") == "Origin")
        }
        try await withService { service in
            let answer = try await service.get("/indexes", headers: ["origin": "https://example.com"])
            #expect(answer.header("access-control-allow-origin") == nil)
        }
    }
}
