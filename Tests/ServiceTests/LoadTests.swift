import BiEncoder
import HTTPTypes
import HummingbirdTesting
import JSON
import Service
import Testing

/// Many requests at a time, over real sockets.
@Suite struct LoadTests {
    @Test func `every text gets its own bits, however requests are batched`() async throws {
        let encoder = try tinyEncoder()
        let texts = (0..<60).map { number in
            "order \(number) " + String(repeating: "why ", count: number % 30)
        }
        let expected = try texts.map { try encoder.embed($0) }
        try await withService(.ahc(), documents: nil) { service in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for start in 0..<40 {
                    group.addTask {
                        let range = start..<start + 1 + (start * 7) % 20
                        let input = JSONValue.array(texts[range].map(JSONValue.string))
                        let json = try await service.post("/v1/embeddings", ["input": input]).json
                        let vectors = try #require(json["data"]?.array).map { try numbers($0["embedding"]) }
                        #expect(vectors == Array(expected[range]))
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a full queue refuses at once and says when to try again`() async throws {
        try await withService(.ahc(), documents: nil) { $0.maximumQueue = 1 } _: { service in
            let long = JSONValue.string(String(repeating: "order ", count: 100))
            let input = JSONValue.array([JSONValue](repeating: long, count: 100))
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        let answer = try await service.post("/v1/embeddings", ["input": input])
                        if answer.status == .tooManyRequests {
                            #expect(answer.header("retry-after").flatMap { Int($0) } ?? 0 > 0)
                            #expect(try answer.json["error"]?["type"] == "rate_limit_error")
                        }
                        return answer.status
                    }
                }
                var statuses: [HTTPResponse.Status] = []
                for try await status in group { statuses.append(status) }
                return statuses
            }
            #expect(Set(statuses) == [.ok, .tooManyRequests])
            // Those refused have not taken anybody's place.
            #expect(try await service.post("/v1/embeddings", ["input": "why"]).status == .ok)
        }
    }

    @Test func `requests for several models and indexes run beside each other`() async throws {
        try await withService(.ahc()) { service in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let answer =
                            switch number % 3 {
                            case 0: try await service.get("/indexes/faq/search?q=why+\(number)&hybrid=true")
                            case 1: try await service.get("/indexes/faq/embeddings/why")
                            default: try await service.post("/embed", ["inputs": .string("why \(number)")])
                            }
                        #expect(answer.status == .ok)
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
