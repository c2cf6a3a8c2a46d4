internal import EmbeddingStore
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import SemanticSearch

/// Documents added, replaced and deleted: what is acknowledged is on the disk and is found.
extension ServiceCore {
    var changeRoutes: [ServiceRoute] {
        [
            ServiceRoute(.put, "/indexes/{index}/documents/{id}") { [self] in try await put($0, $1) },
            ServiceRoute(.delete, "/indexes/{index}/documents/{id}") { [self] _, context in
                let (index, writer) = try writable(context)
                try await writer.delete([context.pathPart("id")], from: index)
                return Response(["deleted": 1])
            },
            ServiceRoute(.post, "/indexes/{index}/documents") { [self] in try await add($0, $1) },
            ServiceRoute(.post, "/indexes/{index}/deletions") { [self] in
                try await delete($0, $1)
            },
        ]
    }

    private func put(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let (index, writer) = try writable(context)
        let id = try context.pathPart("id")
        let body = try await request.jsonObject(limit: configuration.maximumBody)
        let document = try Document(requested: body, id: id)
        let replaced = try await writer.add([document], to: index)
        return Response(
            ["id": .string(id), "replaced": .bool(replaced > 0)], status: replaced > 0 ? .ok : .created)
    }

    private func add(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let (index, writer) = try writable(context)
        let body = try await request.jsonObject(limit: configuration.maximumBody)
        try body.check(known: ["documents"])
        let objects = try body.optional("documents", "a list of documents", \.array) ?? []
        try checkBatch(objects.count, "documents")
        var ids: Set<[UInt8]> = []
        let documents = try objects.enumerated().map { number, value in
            guard let object = value.object else {
                throw APIError.invalid("documents", "document \(number + 1) is \(value.kind), expected an object")
            }
            let document = try Document(requested: object, id: nil)
            guard ids.insert(Array(document.id.utf8)).inserted else {
                throw APIError.invalid("documents", "the id \"\(document.id)\" is there twice")
            }
            return document
        }
        let replaced = try await writer.add(documents, to: index)
        return Response(
            ["added": .integer(documents.count - replaced), "replaced": .integer(replaced)])
    }

    private func delete(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let (index, writer) = try writable(context)
        let body = try await request.jsonObject(limit: configuration.maximumBody)
        try body.check(known: ["ids"])
        let ids = try body.strings("ids") ?? []
        try checkBatch(ids.count, "ids")
        guard Set(ids.map { Array($0.utf8) }).count == ids.count else {
            throw APIError.invalid("ids", "an id is there twice")
        }
        try await writer.delete(ids, from: index)
        return Response(["deleted": .integer(ids.count)])
    }

    /// - Throws: `APIError` with 403 when the service does not change its indexes.
    private func writable(_ context: ServiceContext) throws -> (ServedIndex, IndexWriter) {
        let index = try indexes.index(named: context.pathPart("index"))
        guard let writer = index.writer else {
            throw APIError(
                .forbidden, "read_only", "this service does not change its indexes; start it with --writable")
        }
        return (index, writer)
    }
}

extension Document {
    /// A document as a request gives it: `id`, `question`, `alternates`, `answer`, `fields`.
    ///
    /// - Parameter id: the path's, which the body need not repeat; nil when the body has to tell.
    init(requested body: JSONObject, id pathID: String?) throws {
        try body.check(known: ["id", "question", "alternates", "answer", "fields"])
        let bodyID = try body.optional("id", "a string or a whole number") { value in
            value.string ?? value.integer.map(String.init)
        }
        if let pathID, let bodyID, !pathID.utf8.elementsEqual(bodyID.utf8) {
            throw APIError.invalid("id", "the id is \"\(pathID)\" in the path and \"\(bodyID)\" in the body")
        }
        guard let id = pathID ?? bodyID, !id.isEmpty else {
            throw APIError.invalid("id", "the document has no id")
        }
        guard let question = try body.string("question") else {
            throw APIError.invalid("question", "the document \"\(id)\" has no question")
        }
        let alternates = try body.strings("alternates") ?? []
        if ([question] + alternates).contains(where: { !$0.utf8.contains { $0 > 0x20 } }) {
            throw APIError.emptyText("question")
        }
        self.init(
            id: id, question: question, alternates: alternates, answer: try body.string("answer"),
            fields: try body.optional("fields", "an object", \.object) ?? [:])
    }
}
