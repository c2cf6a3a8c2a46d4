internal import EmbeddingStore
internal import FoundationEssentials
internal import Glibc
internal import HTTPTypes
internal import Hummingbird
internal import Metrics
internal import NIOCore
internal import SemanticSearch

extension ServiceCore {
    /// What the service has counted, for Prometheus.
    var metricsRoutes: [ServiceRoute] {
        [
            ServiceRoute(.get, "/metrics") { [self] _, _ in
                let text = try await blocking { [self] in
                    try measureIndexes()
                    measureMemory()
                    return metrics.text
                }
                return Response(
                    status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
            }
        ]
    }

    private func measureIndexes() throws {
        for index in indexes.all {
            let searched = index.current.index
            let counts = try searched.counts()
            let values = [
                ("kotae_index_documents", counts.documents),
                ("kotae_index_vectors", counts.searchedVectors),
                ("kotae_index_pending_vectors", counts.pending),
                ("kotae_index_generation", searched.manifest.generation),
            ]
            for (label, value) in values {
                Meter(label: label, dimensions: [("index", index.name)], factory: metrics).set(value)
            }
        }
    }

    /// As `/proc/self/statm` tells it (proc(5)), in pages.
    private func measureMemory() {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return }
        Meter(label: "process_resident_memory_bytes", factory: metrics)
            .set(pages * sysconf(Int32(_SC_PAGESIZE)))
    }
}
