import BiEncoder
import FoundationEssentials
import HTTPTypes
import HummingbirdTesting
import JSON
import Service
import TestSupport
import Testing

/// `/indexes/NAME/feedback` and what is kept of it.
@Suite struct FeedbackTests {
    @Test func `feedback is kept as a line of JSON that only its owner may read`() async throws {
        try await withFeedback { service, folder in
            let chosen: JSONValue = ["query": "where is it", "hits": ["why", "order"], "chosen": "order"]
            #expect(try await service.post("/indexes/faq/feedback", chosen).status == .created)
            let none: JSONValue = ["query": "いつ", "hits": ["why"], "helped": false]
            #expect(try await service.post("/indexes/faq/feedback", none).status == .created)

            let path = folder + "/faq.jsonl"
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                .map { try JSONValue(parsing: String($0)) }
            #expect(lines.map { $0.object?.keys } == [
                ["time", "index", "model", "query", "hits", "chosen"],
                ["time", "index", "model", "query", "hits", "helped"],
            ])
            #expect(lines[0]["chosen"] == "order" && lines[0]["hits"] == ["why", "order"])
            #expect(lines[0]["model"]?.string == (try tinyEncoder().fingerprint()))
            #expect(lines[1]["query"] == "いつ" && lines[1]["helped"] == false)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test(arguments: [
        #"{"query": "a", "hits": ["why"]}"#, #"{"query": "a", "hits": ["why"], "chosen": "order"}"#,
        #"{"query": "a", "hits": ["why"], "chosen": "why", "helped": false}"#,
        #"{"query": " ", "helped": false}"#, #"{"hits": [], "helped": false}"#,
        #"{"query": "a", "hits": [], "helped": true}"#, #"{"query": "a", "chosen": null, "helped": null}"#,
    ])
    func `feedback that says nothing is refused`(body: String) async throws {
        try await withFeedback { service, folder in
            let answer = try await service.send(.post, "/indexes/faq/feedback", body: body)
            #expect(answer.status == .badRequest)
            #expect(!FileManager.default.fileExists(atPath: folder + "/faq.jsonl"))
        }
    }

    @Test func `without a folder for it none is kept`() async throws {
        try await withService { service in
            let body: JSONValue = ["query": "a", "hits": [], "helped": false]
            let answer = try await service.post("/indexes/faq/feedback", body)
            #expect(answer.status == .forbidden)
        }
    }
}

private func withFeedback(
    _ body: @Sendable (TestService, _ folder: String) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "kotae-feedback-\(UUID().uuidString)").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await withService { $0.feedbackFolder = folder } _: { try await body($0, folder) }
}
