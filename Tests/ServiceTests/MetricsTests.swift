import HummingbirdTesting
import JSON
import Metrics
import NIOCore
import Service
import Testing

/// What Prometheus reads.
@Suite struct MetricsTests {
    @Test func `counters, gauges and histograms are written as Prometheus reads them`() {
        let registry = PrometheusRegistry(help: ["requests_total": "Requests."])
        let counter = Counter(label: "requests_total", dimensions: [("route", "/a\"b\\c\nd")], factory: registry)
        counter.increment(by: 3)
        Counter(label: "requests_total", dimensions: [("route", "/a\"b\\c\nd")], factory: registry).increment()
        let meter = Meter(label: "queue-depth", factory: registry)
        meter.set(4)
        meter.decrement(by: 1.5)
        let timer = Metrics.Timer(label: "wait_seconds", factory: registry)
        timer.recordNanoseconds(1_000_000)
        timer.recordNanoseconds(2_000_000_000)
        let text = registry.text
        #expect(text.contains("# HELP requests_total Requests.\n# TYPE requests_total counter\n"))
        #expect(text.contains(#"requests_total{route="/a\"b\\c\nd"} 4"# + "\n"))
        #expect(text.contains("# TYPE queue_depth gauge\nqueue_depth 2.5\n"))
        #expect(text.contains("wait_seconds_bucket{le=\"0.0005\"} 0\nwait_seconds_bucket{le=\"0.001\"} 1\n"))
        #expect(text.contains("wait_seconds_bucket{le=\"2.5\"} 2\n"))
        #expect(text.contains("wait_seconds_bucket{le=\"+Inf\"} 2\nwait_seconds_sum 2.001\nwait_seconds_count 2\n"))
    }

    @Test func `requests, tokens and truncations are counted by route template, never by what was asked`() async throws {
        try await withService { service in
            _ = try await service.get("/indexes/faq/documents/why")
            _ = try await service.get("/indexes/faq/documents/none")
            _ = try await service.get("/indexes/faq/search?q=secret")
            let long = String(repeating: "order ", count: 200)
            _ = try await service.post("/v1/embeddings", ["input": ["why", .string(long)]])
            _ = try await service.get("/nowhere/secret")
            let answer = try await service.get("/metrics")
            #expect(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            let text = String(buffer: answer.body)
            let route = #"route="/indexes/{index}/documents/{id}",method="GET""#
            #expect(text.contains("kotae_http_requests_total{\(route),status=\"200\"} 1\n"))
            #expect(text.contains("kotae_http_requests_total{\(route),status=\"404\"} 1\n"))
            #expect(text.contains("kotae_http_request_duration_seconds_count{\(route)} 2\n"))
            #expect(text.contains("kotae_truncated_texts_total{model=\"bert-mean\"} 1\n"))
            #expect(text.contains("kotae_embedded_texts_total{model=\"bert-mean\"} 3\n"))
            #expect(text.contains("kotae_index_documents{index=\"faq\"} 5\n"))
            #expect(text.contains("kotae_queue_tokens{model=\"bert-mean\"} 0\n"))
            #expect(!text.contains("secret"))
        }
    }
}
