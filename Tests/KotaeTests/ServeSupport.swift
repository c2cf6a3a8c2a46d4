import Foundation
import JSON
import TestSupport
import Testing

/// A `kotae serve` that runs.
final class RunningService: Sendable {
    /// Such as "http://127.0.0.1:41234".
    let address: String
    private let process: Process
    private let errors: Pipe

    /// What curl got.
    struct Answer {
        let status: Int
        let body: String

        var json: JSONValue { get throws { try JSONValue(parsing: body) } }
    }

    fileprivate init(_ process: Process, errors: Pipe) throws {
        self.process = process
        self.errors = errors
        var text = ""
        while text.firstMatch(of: /kotae serves at .*\n/) == nil, case let data = errors.fileHandleForReading.availableData, !data.isEmpty {
            text += String(decoding: data, as: UTF8.self)
        }
        let line = text.split(separator: "\n").first { $0.contains("kotae serves at ") }
        if line == nil { kill(process.processIdentifier, SIGKILL) }
        let words = try #require(line, "\(text)").split(separator: " ")
        address = String(words[3])
        // Nobody reads on, and a full pipe would hold the service up.
        errors.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end, and gives its status as a shell would.
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Sends a request with curl, as JSON where it has a body.
    func curl(_ path: String, _ arguments: String..., body: String? = nil) throws -> Answer {
        var arguments = ["--silent", "--show-error", "--write-out", "\n%{http_code}"] + arguments
        if let body { arguments += ["--json", body] }
        let curl = try start("/usr/bin/curl", arguments + [address + path])
        let text = String(decoding: curl.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        curl.process.waitUntilExit()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return Answer(
            status: Int(lines.last ?? "") ?? 0, body: lines.dropLast().joined(separator: "\n"))
    }
}

extension Workplace {
    /// Starts `kotae serve` at a free port and waits until it listens.
    ///
    /// - Parameter variables: for its environment.
    func serve(_ arguments: String..., variables: [String: String] = [:]) throws -> RunningService {
        let process = Process()
        process.executableURL = URL(filePath: try kotae())
        process.arguments = ["serve"] + arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = environment.merging(["KOTAE_PORT": "0"]) { $1 }.merging(variables) { $1 }
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        return try RunningService(process, errors: errors)
    }
}

/// Starts a program of the system.
private func start(_ path: String, _ arguments: [String]) throws -> (process: Process, output: Pipe) {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    return (process, output)
}
