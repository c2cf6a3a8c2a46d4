import Foundation
import JSON
import Testing

/// `tools/clients/check.py`: clients that people have, against the service.
@Suite struct RealClientTests {
    @Test(.enabled(if: FileManager.default.fileExists(atPath: python), "tools/clients/setup has run"))
    func `Python's clients get the vectors of kotae embed, to the bit`() throws {
        try withWorkplace { place in
            let texts = ["cancel my order", "注文した商品はいつ来ますか", "where is the parcel?"]
            // Normalized ones, so that text-embeddings-inference's clients get the same.
            try place.copyModel("bert-max-bf16", to: "model")
            let vectors = try texts.map { try place.succeed("embed", $0, "--model", "model").json[0] }
            let service = try place.serve("--model", "model")
            let expected: JSONValue = [
                "model": "model", "texts": .array(texts.map(JSONValue.string)), "vectors": .array(vectors),
            ]
            try place.write("expected.json", expected.description)

            let process = Process()
            process.executableURL = URL(filePath: python)
            process.arguments = [tools + "clients/check.py", service.address]
            process.environment = place.environment
            process.standardInput = try FileHandle(
                forReadingFrom: URL(filePath: place.path("expected.json")))
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(text)")
            #expect(text.split(separator: "\n").count { $0.hasSuffix("as kotae embed") } == 6, "\(text)")
        }
    }
}

private let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path(percentEncoded: false)
private let tools = root + "tools/"
private let python = root + ".clients/bin/python"
