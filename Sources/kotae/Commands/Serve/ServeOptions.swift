import ArgumentParser
import Foundation
import Logging
import Service
import Tensors

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// What a service serves, to whom, and within which limits.
struct ServeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("An index folder, or NAME=DIR; may be given several times.", valueName: "dir"))
    var index: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A model beside those of the indexes, its folder or name; may be given several times. The first is the default.",
            valueName: "model"))
    var model: [String] = []

    @Option(help: "Arithmetic of the matrix products (default: that of an index's documents, or f32).")
    var precision: Precision?

    @OptionGroup var processors: ProcessorOptions

    @Option(help: "The address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen at; 0 for any that is free.")
    var port = 8765

    @Option(
        help: ArgumentHelp(
            "A file with the token that clients have to show, or several, one a line.", valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Listen at an address that others reach, without a token.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "A name that leads to this service, which is else answered only by address and as localhost "
                + "when there is no token; may be given several times.",
            valueName: "name"))
    var allowedHost: [String] = []

    @Option(
        help: ArgumentHelp(
            "An origin whose pages may send requests, or *; may be given several times.", valueName: "origin"))
    var corsOrigin: [String] = []

    @Flag(help: "Let clients add, replace and delete documents.")
    var writable = false

    @Option(help: ArgumentHelp("Keep what users say of answers in this folder.", valueName: "dir"))
    var feedback: String?

    @Option(
        help: ArgumentHelp("The model's prompt for embedding requests that name none.", valueName: "name"))
    var defaultPromptName: String?

    @Option(help: ArgumentHelp("The largest body of a request, in MiB.", valueName: "mib"))
    var maxBody = 16

    @Option(help: ArgumentHelp("The most texts, queries, ids or documents in a request.", valueName: "n"))
    var maxBatch = 2048

    @Option(help: ArgumentHelp("How many tokens may wait before requests are refused.", valueName: "tokens"))
    var maxQueue = 200_000

    @Option(help: ArgumentHelp("The most connections at a time.", valueName: "n"))
    var maxConnections = 1024

    @Option(
        help: ArgumentHelp(
            "How long a request may take to arrive or wait, and an idle connection is kept.",
            valueName: "seconds"))
    var timeout = 60

    @Option(help: "How much is told on standard error: trace, debug, info, notice, warning, error, critical.")
    var logLevel: Logger.Level = .info

    @Flag(help: "Write the log as JSON, an object a line.")
    var jsonLogs = false

    /// The options that the environment may give.
    static let names = [
        "index", "model", "precision", "threads", "host", "port", "token-file", "insecure", "allowed-host",
        "cors-origin", "writable", "feedback", "default-prompt-name", "max-body", "max-batch", "max-queue",
        "max-connections", "timeout", "log-level", "json-logs",
    ]

    func validate() throws {
        let least = [
            ("--max-body", maxBody), ("--max-batch", maxBatch), ("--max-queue", maxQueue),
            ("--max-connections", maxConnections), ("--timeout", timeout),
        ]
        for (name, value) in least where value < 1 {
            throw ValidationError("\(name) must be at least 1, not \(value)")
        }
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port must be 0 to 65535, not \(port)")
        }
        guard maxBody <= 4096 else { throw ValidationError("--max-body must be at most 4096, not \(maxBody)") }
    }

    /// - Parameter folders: indexes given as arguments.
    func configuration(indexes folders: [String]) throws -> ServiceConfiguration {
        var configuration = ServiceConfiguration()
        configuration.indexes = (folders + index).map { text in
            let sides = text.split(separator: "=", maxSplits: 1)
            return sides.count == 2 && !sides[0].contains("/")
                ? .init(path: String(sides[1]), name: String(sides[0])) : .init(path: text)
        }
        configuration.models = model
        configuration.precision = precision
        configuration.threads = processors.threads
        configuration.host = host
        configuration.port = port
        configuration.tokens = try tokenFile.map(Self.tokens) ?? []
        configuration.isInsecure = insecure
        configuration.allowedHosts = allowedHost
        configuration.corsOrigins = corsOrigin
        configuration.isWritable = writable
        configuration.feedbackFolder = feedback
        configuration.defaultPromptName = defaultPromptName
        configuration.maximumBody = maxBody << 20
        configuration.maximumBatch = maxBatch
        configuration.maximumQueue = maxQueue
        configuration.maximumConnections = maxConnections
        configuration.timeout = .seconds(timeout)
        return configuration
    }

    /// The tokens of a file.
    private static func tokens(in path: String) throws -> [String] {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ValidationError("--token-file: \(path) cannot be read")
        }
        let tokens = text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        guard !tokens.isEmpty else { throw ValidationError("--token-file: \(path) holds no token") }
        return tokens
    }

    var logger: Logger {
        var logger = Logger(label: "kotae") { label in
            jsonLogs ? JSONLogHandler() as any LogHandler : StreamLogHandler.standardError(label: label)
        }
        logger.logLevel = logLevel
        return logger
    }
}
