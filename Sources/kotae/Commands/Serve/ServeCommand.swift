import ArgumentParser
import Dispatch
import Foundation
import Logging
import Service
import Synchronization
import Tensors

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answer searches and embed texts over HTTP, for other programs and in a browser.",
        discussion: """
            Examples:
              kotae serve faq
              kotae serve faq support=indexes/support-faq --model all-MiniLM-L6-v2
              kotae serve faq --host 0.0.0.0 --token-file token.txt --writable
              kotae serve --config serve.yaml

            The page at / is for trying the search. Programs get embeddings as OpenAI's clients ask for \
            them (/v1/embeddings) or those of text-embeddings-inference (/embed), search \
            (/indexes/NAME/search), and read documents and vectors (/indexes/NAME/documents/ID, \
            /indexes/NAME/embeddings/ID). /openapi.json describes it all, /metrics is for Prometheus.

            An index that is built anew meanwhile is taken over without a restart. SIGTERM ends the \
            service once the requests at hand are answered.

            Every option can also stand in the environment, as KOTAE_ and its name in capitals \
            (KOTAE_PORT=8080, KOTAE_WRITABLE=true, KOTAE_INDEX=faq,support), or in a YAML file that \
            --config names ("port: 8080"). Arguments come before the environment, and that before the \
            file.
            """)

    @Argument(help: "Index folders, each by its own name or as NAME=DIR.")
    var indexes: [String] = []

    @OptionGroup var options: ServeOptions

    @Option(help: ArgumentHelp("Take options that are not given here from this file.", valueName: "file"))
    var config: String?

    func run() throws {
        let own = Array(CommandLine.arguments.dropFirst().drop { $0 != "serve" }.dropFirst())
        let variables = ConfigurationFile(
            environment: ProcessInfo.processInfo.environment, names: ServeOptions.names + ["config"])
        var command = try ServeCommand.parse(variables.arguments(overriddenBy: own))
        if let config = command.config {
            let file = try ConfigurationFile(config)
            command = try ServeCommand.parse(
                file.arguments(overriddenBy: variables.arguments(overriddenBy: own)))
        }
        try command.serve()
    }

    private func serve() throws {
        Arithmetic.shareProcessors()
        let service = try KotaeService(options.configuration(indexes: indexes), logger: options.logger) {
            note("kotae serves at \($0)")
        }
        let outcome = Mutex<Result<Void, any Error>>(.success(()))
        let end = DispatchSemaphore(value: 0)
        Task {
            do { try await service.run() } catch { outcome.withLock { $0 = .failure(error) } }
            end.signal()
        }
        end.wait()
        try outcome.withLock { $0 }.get()
    }
}
