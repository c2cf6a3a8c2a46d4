internal import Logging
internal import ServiceLifecycle

/// What goes on beside requests, once a second: requests that have waited too long are let go, and
/// indexes that were built anew are taken over.
struct Housekeeping: Service {
    let core: ServiceCore

    func run() async throws {
        try? await withGracefulShutdownHandler {
            try await cancelWhenGracefulShutdown {
                while true {
                    try await Task.sleep(for: .seconds(1))
                    for model in core.models.all { model.queue.expire() }
                    for index in core.indexes.all { await takeOver(index) }
                }
            }
        } onGracefulShutdown: {
            core.lifecycle.shutDown()
        }
    }

    private func takeOver(_ index: ServedIndex) async {
        do {
            try await core.blocking { try index.takeOver() }
        } catch {
            core.logger.warning(
                "an index cannot be taken over; what was there before answers",
                metadata: ["index": "\(index.name)", "error": "\(error)"])
        }
    }
}
