internal import BiEncoder
internal import Crypto
internal import EmbeddingStore
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import SemanticSearch

/// Documents and vectors as they are stored, straight from LMDB's pages.
///
/// A single one is read where its request is handled, on a thread of Swift's pool: that takes microseconds,
/// less than the way to another thread and back. Event loops are not among those threads.
extension ServiceCore {
    var lookupRoutes: [ServiceRoute] {
        [
            ServiceRoute(.get, "/indexes/{index}/documents/{id}") { [self] in try await document($0, $1) },
            ServiceRoute(.get, "/indexes/{index}/embeddings/{id}") { [self] in
                try await embedding($0, $1)
            },
            ServiceRoute(.post, "/indexes/{index}/embeddings") { [self] in try await embeddings($0, $1) },
        ]
    }

    private func document(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let index = try indexes.index(named: context.pathPart("index"))
        let id = try context.pathPart("id")
        guard let document = try index.current.index.document(withID: id) else { throw unknownID(id) }
        var bytes: [UInt8] = []
        document.json.append(to: &bytes)
        return tagged(bytes, type: "application/json", for: request)
    }

    private func embedding(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let index = try indexes.index(named: context.pathPart("index"))
        let id = try context.pathPart("id")
        let isBinary = request.wantsBinary
        var bytes: [UInt8] = []
        if isBinary {
            bytes = try littleEndian(index.current.index, [id])
        } else {
            guard let found = try index.current.index.embeddings(of: [id]).first else { throw unknownID(id) }
            found.append(to: &bytes)
        }
        return tagged(bytes, type: isBinary ? "application/octet-stream" : "application/json", for: request)
    }

    private func embeddings(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let index = try indexes.index(named: context.pathPart("index"))
        let body = try await request.jsonObject(limit: configuration.maximumBody)
        try body.check(known: ["ids"])
        let ids = try body.strings("ids") ?? []
        try checkBatch(ids.count, "ids")
        let isBinary = request.wantsBinary
        let bytes = try await blocking {
            if isBinary { return try littleEndian(index.current.index, ids) }
            var bytes = Array(#"{"embeddings":["#.utf8)
            for (number, found) in try index.current.index.embeddings(of: ids).enumerated() {
                if number > 0 { bytes.append(UInt8(ascii: ",")) }
                found.append(to: &bytes)
            }
            bytes.append(contentsOf: "]}".utf8)
            return bytes
        }
        return tagged(bytes, type: isBinary ? "application/octet-stream" : "application/json", for: request)
    }

    /// A response that a client need not fetch again while nothing has changed (RFC 9110, 8.8 and 13.1).
    private func tagged(_ bytes: [UInt8], type: String, for request: Request) -> Response {
        let digest = SHA256.hash(data: bytes).prefix(12)
        let tag = "\"" + hexadecimal(digest) + "\""
        var headers: HTTPFields = [.eTag: tag, .vary: "Accept", .cacheControl: "private, no-cache"]
        let known = request.headers[values: .ifNoneMatch].joined(separator: ",")
        if known.split(separator: ",").contains(where: {
            let shown = $0.drop { $0 == " " }.prefix { $0 != " " }
            return shown == "*" || shown == tag || shown == "W/\(tag)"
        }), request.method == .get {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = type
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

private func unknownID(_ id: String) -> APIError {
    APIError(.notFound, "unknown_id", "there is no document with the id \"\(id)\"", parameter: "id")
}

/// The vectors of documents' questions as little-endian float32, one behind the other.
private func littleEndian(_ index: SearchIndex, _ ids: [String]) throws -> [UInt8] {
    var numbers: [Float] = []
    try index.appendQuestionVectors(of: ids, to: &numbers)
    // Stores exist on little-endian machines alone.
    return numbers.withUnsafeBytes { Array($0) }
}

extension DocumentEmbeddings {
    /// Appends `{"id", "embedding", "texts": [{"kind", "text", "embedding"}]}`; "embedding" is the
    /// question's.
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"id":\#(JSONValue.string(id)),"embedding":"#.utf8)
        JSONValue.append(entries.first?.vector ?? [], to: &bytes)
        bytes.append(contentsOf: #","texts":["#.utf8)
        for (number, entry) in entries.enumerated() {
            if number > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(
                contentsOf:
                    #"{"kind":"\#(entry.kind)","text":\#(JSONValue.string(entry.text)),"embedding":"#.utf8)
            JSONValue.append(entry.vector, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(contentsOf: "]}".utf8)
    }
}

extension Request {
    /// Whether the client wants numbers as bytes.
    fileprivate var wantsBinary: Bool {
        headers[.accept]?.lowercased().contains("application/octet-stream") ?? false
    }
}
