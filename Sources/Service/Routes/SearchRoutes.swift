internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import SemanticSearch

extension ServiceCore {
    var searchRoutes: [ServiceRoute] {
        [
            ServiceRoute(.post, "/indexes/{index}/search") { [self] request, context in
                let index = try indexes.index(named: context.pathPart("index"))
                let body = try await request.jsonObject(limit: configuration.maximumBody)
                return try await search(SearchRequest(body), index, context)
            },
            ServiceRoute(.get, "/indexes/{index}/search") { [self] request, context in
                let index = try indexes.index(named: context.pathPart("index"))
                let query = try RequestQuery(request, known: SearchRequest.queryParameters)
                return try await search(SearchRequest(query), index, context)
            },
        ]
    }

    private func search(
        _ request: SearchRequest, _ index: ServedIndex, _ context: ServiceContext
    ) async throws -> Response {
        try checkBatch(request.queries.count, "queries")
        let (answers, cut) = try await index.search(request, in: self, for: context)
        let results = answers.enumerated().map { number, answer -> JSONValue in
            var object = request.queries.description(of: number)
            object["confident"] = answer.isConfident.map { .bool($0) } ?? .null
            object["hits"] = .array(answer.hits.map(request.json))
            return .object(object)
        }
        var headers = HTTPFields()
        if cut > 0 { headers.set(.truncatedTexts, to: "\(cut)") }
        return Response(
            request.isSingle ? results[0] : ["results": .array(results)], headers: headers)
    }
}

extension SearchRequest.Queries {
    /// What an answer says of its question: the text, or the id of the document that is compared.
    fileprivate func description(of number: Int) -> JSONObject {
        switch self {
        case .texts(let texts): ["query": .string(texts[number])]
        case .documents(let ids): ["like": .string(ids[number])]
        case .vectors: [:]
        }
    }
}
