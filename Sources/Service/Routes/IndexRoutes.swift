internal import EmbeddingStore
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import SemanticSearch

extension ServiceCore {
    /// Which indexes there are and what is in them.
    var indexRoutes: [ServiceRoute] {
        [
            ServiceRoute(.get, "/indexes") { [self] _, _ in
                let descriptions = try await blocking { [self] in try indexes.all.map { try describe($0) } }
                return Response(["indexes": .array(descriptions)])
            },
            ServiceRoute(.get, "/indexes/{index}") { [self] _, context in
                let index = try indexes.index(named: context.pathPart("index"))
                return Response(try await blocking { [self] in try describe(index) })
            },
        ]
    }

    private func describe(_ index: ServedIndex) throws -> JSONValue {
        let state = index.current
        let manifest = try state.index.refresh()
        let counts = try state.index.counts()
        return [
            "name": .string(index.name), "documents": .integer(counts.documents),
            "passages": .integer(counts.passages), "vectors": .integer(counts.searchedVectors),
            "pending_vectors": .integer(counts.pending), "dimensions": .integer(manifest.dimensions),
            "model": .string(state.model.name), "fingerprint": .string(manifest.model.fingerprint),
            "factory": .string(manifest.factory), "generation": .integer(manifest.generation),
            "built": .string(manifest.built), "ranking": .string(manifest.ranking.rawValue), "writable": .bool(configuration.isWritable),
            "feedback": .bool(configuration.feedbackFolder != nil),
            "calibration": manifest.calibration?.json ?? .null,
        ]
    }
}
