import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

import Hub

/// The Japanese section of README.md, from a model on the hub to a report.
@Suite struct `The README's Japanese section` {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
    private static let model = "intfloat/multilingual-e5-small"

    /// The lines that call kotae.
    private func commands() throws -> [String] {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let section = readme.components(separatedBy: "\n## ").first { $0.hasPrefix("日本語で使う") }
        return try #require(section).split(separator: "\n").filter { $0.hasPrefix("kotae ") }.map(String.init)
    }

    /// The files of a tiny model with prompts of its own that sentence-transformers saved.
    private func modelFiles() throws -> [String: [UInt8]] {
        let folder = fixture("models/bert-prompts")
        var files: [String: [UInt8]] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            if let content = FileManager.default.contents(atPath: "\(folder)/\(path)") { files[path] = Array(content) }
        }
        return files
    }

    /// A value as CSV, in the encoding of Excel in Japan.
    private func table(_ rows: [[String]]) throws -> Data {
        let text = rows.map { $0.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") + "\r\n" }.joined()
        let name = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv").path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: name) }
        try text.write(toFile: name, atomically: true, encoding: .utf8)
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/iconv")
        process.arguments = ["-f", "UTF-8", "-t", "CP932//TRANSLIT", name]
        process.standardOutput = pipe
        try process.run()
        let converted = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return converted
    }

    private func lines(_ name: String) throws -> [JSONValue] {
        try Data(contentsOf: Self.root.appending(path: "indexes/support-faq-ja/\(name)"))
            .split(separator: 0x0A).map { try JSONValue(parsing: $0) }
    }

    @Test func `leads from nothing to a report`() async throws {
        let commands = try commands()
        #expect(commands.count == 8)
        let corpus = try lines("corpus.jsonl").map { entry in ["id", "question", "answer"].map { entry[$0]?.string ?? "" } }
        let pairs = try lines("pairs.jsonl").map { pair in ["query", "docid"].map { pair[$0]?.string ?? "" } }
        let corpusTable = try table([["id", "質問", "回答"]] + corpus)
        let pairsTable = try table([["query", "docid"]] + pairs)
        try await FakeHub.run(modelFiles()) { place in
            place.hub.state.withLock { $0.models = [Self.model] }
            let work = place.folder + "/work"
            try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: work + "/indexes", withDestinationPath: Self.root.appending(path: "indexes").path(percentEncoded: false))
            try corpusTable.write(to: URL(filePath: work + "/faq.csv"))
            try pairsTable.write(to: URL(filePath: work + "/pairs.csv"))
            for command in commands {
                // Less time to train; nothing else is different.
                let line = command.hasPrefix("kotae pilot") ? command + " --minutes 0.02" : command
                let process = Process()
                process.executableURL = URL(filePath: "/bin/bash")
                process.arguments = ["-c", "kotae() { '\(try kotae())' \"$@\"; }; " + line]
                process.currentDirectoryURL = URL(filePath: work)
                process.environment = [
                    "HF_ENDPOINT": place.settings.endpoint, "HF_HOME": place.folder, "HOME": place.folder,
                    "PATH": "/usr/bin:/bin",
                ]
                let errors = work + "/errors"
                try Data().write(to: URL(filePath: errors))
                process.standardError = FileHandle(forWritingAtPath: errors)
                process.standardOutput = FileHandle.nullDevice
                try process.run()
                process.waitUntilExit()
                let said = try String(contentsOfFile: errors, encoding: .utf8)
                try #require(process.terminationStatus == 0, "\(line): \(said)")
            }
            let html = try String(contentsOfFile: work + "/pilot/report.html", encoding: .utf8)
            #expect(html.contains("lang=\"ja\"") && html.contains("キーワード検索"))
            let report = try JSONValue(parsing: Data(contentsOf: URL(filePath: work + "/pilot/report.json")))
            #expect(report["data"]?["entries"]?.integer == corpus.count)
        }
    }
}
