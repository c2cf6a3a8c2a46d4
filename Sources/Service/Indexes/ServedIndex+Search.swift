internal import BiEncoder
internal import HTTPTypes
internal import SemanticSearch
internal import Tensors

/// What one query has found.
struct SearchAnswer: Sendable {
    let hits: [Hit]
    /// Whether the best one may be shown as the answer; nil where no calibration tells.
    let isConfident: Bool?
}

extension ServedIndex {
    /// The answers to a request's queries, each over one snapshot of the index.
    ///
    /// - Returns: the answers, and how many of the queries were cut because they were too long.
    func search(
        _ request: SearchRequest, in core: ServiceCore, for context: ServiceContext
    ) async throws -> (answers: [SearchAnswer], cut: Int) {
        // The index may be built anew with another model between embedding and searching.
        for _ in 0..<3 {
            if let found = try await attempt(request, core, context) { return found }
            try await core.blocking { [self] in try takeOver() }
        }
        throw APIError(
            .serviceUnavailable, "busy", "the index is built anew with one model after the other",
            headers: [.retryAfter: "1"])
    }

    /// nil when the index has another model by the time it is searched.
    private func attempt(
        _ request: SearchRequest, _ core: ServiceCore, _ context: ServiceContext
    ) async throws -> (answers: [SearchAnswer], cut: Int)? {
        let state = current
        let method = request.method ?? state.index.manifest.ranking
        var vectors: [[Float]]?
        var cut = 0
        if case .texts(let texts) = request.queries, method != .words {
            let encoder = state.model.encoder
            let embedded = try await core.embed(
                ServedModel.Input(
                    texts: texts, prefix: encoder.folder.prompts.prefix(for: .query),
                    parameter: request.isSingle ? "query" : "queries"),
                with: state.model, for: context)
            let size = encoder.dimensions
            vectors = (0..<texts.count).map { Array(embedded.vectors[$0 * size..<($0 + 1) * size]) }
            cut = embedded.texts.cut.count { $0 > 0 }
        }
        if case .vectors(let given) = request.queries { vectors = given }
        return try await core.blocking { [vectors, cut] in
            do {
                return (try Self.search(request, by: method, vectors, state), cut)
            } catch let error as IndexError {
                guard error.kind == .otherModel else { throw error }
                return nil
            }
        }
    }

    private static func search(
        _ request: SearchRequest, by method: RankingMethod, _ vectors: [[Float]]?, _ state: State
    ) throws -> [SearchAnswer] {
        var options = request.options
        let calibration = state.index.manifest.calibration
        func answer(_ hits: [Hit]) -> SearchAnswer {
            SearchAnswer(hits: hits, isConfident: calibration?.isConfident(hits, by: method))
        }
        switch request.queries {
        case .documents(let ids):
            return try ids.map {
                // A document is no question, to which an answer could be right or wrong.
                SearchAnswer(hits: try state.index.search(like: $0, options: options), isConfident: nil)
            }
        case .texts(let texts) where method == .words:
            return try texts.map { answer(try state.index.search(words: $0, options: options)) }
        case .texts(let texts):
            options.fingerprint = state.model.fingerprint
            let normalizes = state.model.encoder.folder.normalizes
            return try zip(texts, vectors ?? []).map { text, vector in
                let query = normalizes ? vector : unitLength(vector)
                return answer(
                    method == .meaning
                        ? try state.index.search(query, options: options)
                        : try state.index.search(wordsAndMeaning: text, query, options: options))
            }
        case .vectors(let vectors):
            return try vectors.map {
                answer(try state.index.search(unitLength($0), options: options))
            }
        }
    }
}

/// A vector scaled to length 1; one that has it up to rounding keeps its bits.
private func unitLength(_ vector: [Float]) -> [Float] {
    let squares = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
    if abs(squares - 1) < 1e-5 { return vector }
    var scaled = vector
    var span = scaled.mutableSpan
    UnitLength.forward(&span)
    return scaled
}
