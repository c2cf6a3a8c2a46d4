import Foundation
import JSON
import Testing

/// `tools/examples/read_index.py`: an index folder without Kotae.
@Suite struct ReadIndexExampleTests {
    @Test(.enabled(if: FileManager.default.fileExists(atPath: interpreter), "tools/clients/setup has run"))
    func `Python finds the stored embedding of a document and its neighbours`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            for id in ["why", "時", "password"] {
                let found = try JSONValue(parsing: python([example, place.path("faq"), id]).output)
                #expect(found["id"]?.string == id)
                let stored = try place.succeed("lookup", "faq", id).json[0]
                #expect(found["question"] == stored["text"])
                #expect(found["dimensions"] == 48)
                let embedding = try numbers(#require(stored["embedding"]))
                #expect(try numbers(#require(found["embedding"])) == Array(embedding.prefix(4)))
                let neighbours = try #require(found["neighbours"]?.array)
                #expect(neighbours[0]["id"]?.string == id)
                let nearest = neighbours.first { $0["id"]?.string != id }
                let hits = try place.succeed("search", "faq", "--like", id, "-k", "1", "--json").json[0]["hits"]
                #expect(nearest?["id"] == hits?.array?[0]["id"])
            }
            let unknown = try python([example, place.path("faq"), "nope"])
            #expect(unknown.status == 1 && unknown.output.isEmpty)
        }
    }
}

private let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path(percentEncoded: false)
private let example = root + "tools/examples/read_index.py"
private let interpreter = root + ".clients/bin/python"

/// Runs Python and waits for its end.
private func python(_ arguments: [String]) throws -> (status: Int32, output: [UInt8]) {
    let process = Process()
    process.executableURL = URL(filePath: interpreter)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, [UInt8](data))
}
