import ArgumentParser
import BiEncoder
import Dispatch
import Foundation
import Hub
import JSON
import Synchronization

struct ModelPullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Fetch a model from the Hugging Face hub.",
        discussion: """
            Examples:
              kotae model pull intfloat/multilingual-e5-small
              kotae model pull all-MiniLM-L6-v2 --revision main
              kotae index build faq --corpus faq.csv --model intfloat/multilingual-e5-small

            NAME without an organisation is sentence-transformers/NAME, or else the model of that name \
            that has none. The folder is printed, and --model takes the name from then on.

            Models are kept in the hub's own cache ($HF_HOME, by default ~/.cache/huggingface), where \
            Python finds them and where those that Python fetched are found. HF_TOKEN is for private \
            and gated models, HF_ENDPOINT for another hub, https_proxy for a proxy. Every file is checked by \
            its hash; a pull that was interrupted goes on where it ended.
            """)

    @Argument(help: "NAME or ORG/NAME.")
    var name: String

    @Option(help: ArgumentHelp("A branch, a tag or a commit (default: main).", valueName: "revision"))
    var revision: String?

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !HubName.candidates(for: name).isEmpty else {
            throw ValidationError("\(HubError.wrongName(name))")
        }
    }

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let model = try pull(ModelPull(HubSettings { environment[$0] }))
        guard json else { return print(model.folder) }
        print(
            [
                "name": .string(model.name.description),
                "commit": .string(model.commit),
                "path": .string(model.folder),
                "files": .array(model.files.map { .string($0) }),
                "fetched_bytes": .integer(model.fetched),
            ] as JSONValue)
    }

    private func pull(_ pull: ModelPull) throws -> PulledModel {
        let display = Mutex(Progress("fetched", unit: "MB", quiet: common.quiet))
        let outcome = Mutex<Result<PulledModel, any Error>>(.failure(CancellationError()))
        let end = DispatchSemaphore(value: 0)
        Task { [name, revision] in
            do {
                let model = try await pull.pull(name, revision: revision) { progress in
                    display.withLock {
                        $0.report(
                            done: progress.done / 1_000_000,
                            fraction: Double(progress.done) / Double(max(progress.total, 1)), detail: progress.file)
                    }
                }
                display.withLock { $0.finish(done: model.fetched / 1_000_000) }
                outcome.withLock { $0 = .success(model) }
            } catch {
                display.withLock { $0.clear() }
                outcome.withLock { $0 = .failure(error) }
            }
            end.signal()
        }
        end.wait()
        return try outcome.withLock { $0 }.get()
    }
}
