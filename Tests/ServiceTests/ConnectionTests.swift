import Glibc
import HTTPTypes
import HummingbirdTesting
import JSON
import NIOCore
import Service
import TestSupport
import Testing

/// Clients that are slow, cut off or not even speak HTTP.
@Suite struct ConnectionTests {
    @Test(arguments: [
        "GET /health HT", "POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ncontent-le",
        "POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
        "",
    ])
    func `a request that does not arrive in time is given up`(beginning: String) async throws {
        try await withService(.ahc(), documents: nil) { $0.timeout = .seconds(1) } _: { service in
            let answer = try await RawClient.run(service) { client in
                client.send(beginning)
                return client.readToEnd()
            }
            #expect(answer != nil)
            #expect(try await service.get("/health").status == .ok)
        }
    }

    @Test func `a body that comes byte by byte is given up in time`() async throws {
        try await withService(.ahc(), documents: nil) { $0.timeout = .seconds(1) } _: { service in
            let duration = try await RawClient.run(service) { client in
                client.send(
                    "POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                        + "content-length: 1000\r\n\r\n")
                let start = ContinuousClock.now
                while client.send("a"), ContinuousClock.now - start < .seconds(20) { usleep(100_000) }
                return ContinuousClock.now - start
            }
            #expect(duration < .seconds(10))
        }
    }

    @Test(arguments: [
        "\u{0}\u{1}\u{2}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GARBAGE\r\n\r\n",
        "GET /\u{1} HTTP/1.1\r\nhost: localhost\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST /embed HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n",
        "POST /embed HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999999999999999\r\n\r\n",
        "POST /embed HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
        "GET / HTTP/1.1\r\nhost: localhost\r\nx: \(String(repeating: "a", count: 100_000))\r\n\r\n",
        "GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\nhost: localhost\r\n\r\n",
    ])
    func `what is not HTTP gets 400 or a closed connection`(bytes: String) async throws {
        try await withService(.ahc(), documents: nil) { $0.timeout = .seconds(1) } _: { service in
            let answer = try await RawClient.run(service) { client in
                client.send(bytes)
                return try #require(client.readToEnd())
            }
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
            #expect(try await service.get("/health").status == .ok)
        }
    }

    @Test(arguments: [
        "content-length: 99\r\n\r\n{", "transfer-encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n",
        "transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
    ])
    func `a body that ends before it is whole gets 400`(rest: String) async throws {
        try await withService(.ahc(), documents: nil) { service in
            let answer = try await RawClient.run(service) { client in
                client.send("POST /embed HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\(rest)")
                client.endSending()
                return try #require(client.readToEnd())
            }
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test(arguments: ["/indexes/../faq", "/indexes/faq/documents/..%2F..%2Fetc%2Fpasswd", "//", "/%00", "/page.js/../x"])
    func `no path leads outside`(path: String) async throws {
        try await withService(.ahc()) { service in
            let answer = try await RawClient.run(service) { client in
                client.send("GET \(path) HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
                return try #require(client.readToEnd())
            }
            #expect(answer.hasPrefix("HTTP/1.1 404") || path == "//" && answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `a client that goes away leaves nothing behind`() async throws {
        try await withService(.ahc(), documents: nil) { service in
            let texts = [String](repeating: String(repeating: "order ", count: 100), count: 500)
            let body = JSONValue(dictionaryLiteral: ("input", .array(texts.map(JSONValue.string)))).description
            for _ in 0..<5 {
                try await RawClient.run(service) { client in
                    _ = client.send(
                        "POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                            + "content-length: \(body.utf8.count)\r\n\r\n\(body)")
                }
            }
            #expect(try await service.post("/v1/embeddings", ["input": "why"]).status == .ok)
            var metrics = ""
            for _ in 0..<100 where !metrics.contains("kotae_http_requests_in_progress 1\n") {
                try await Task.sleep(for: .milliseconds(50))
                metrics = String(buffer: try await service.get("/metrics").body)
            }
            // The one that asks.
            #expect(metrics.contains("kotae_http_requests_in_progress 1\n"))
            #expect(metrics.contains("kotae_queue_requests{model=\"bert-mean\"} 0\n"))
        }
    }

    @Test func `a client that announces its body is told to go on`() async throws {
        try await withService(.ahc(), documents: nil) { service in
            let body = #"{"input": "why not"}"#
            let answers = try await RawClient.run(service) { client in
                client.send(
                    "POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                        + "expect: 100-continue\r\ncontent-length: \(body.utf8.count)\r\n"
                        + "connection: close\r\n\r\n")
                let first = client.read()
                client.send(body)
                return [first, client.readToEnd()]
            }
            #expect(answers[0]?.hasPrefix("HTTP/1.1 100 ") == true)
            #expect(answers[1]?.hasPrefix("HTTP/1.1 200 ") == true)
        }
    }
}
