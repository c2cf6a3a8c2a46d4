import BiEncoder
import EmbeddingStore
import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import NIOCore
import SemanticSearch
import Service
import TestSupport
import Testing

/// A service of the tiny random model `bert-mean` and of the index `faq`, which the model has built.
struct TestService: Sendable {
    let service: KotaeService
    /// The index's folder.
    let folder: String
    let client: any TestClientProtocol
}

/// The documents of the index `faq`.
let faq = [
    Document(
        id: "password", question: "how do i change my password",
        alternates: ["cancel password", "where is my password"], answer: "Here.",
        fields: ["product": "app", "rank": 3]),
    Document(id: "order", question: "cancel my order", answer: "There.", fields: ["product": "shop"]),
    Document(id: "why", question: "why not"),
    Document(id: "twin", question: "who is in it", alternates: ["cancel my order"], answer: "Twin."),
    Document(id: "時/1", question: "注文した商品はいつ来ますか", answer: "明日"),
]

/// The tiny model, as `kotae embed` would load it.
func tinyEncoder(_ name: String = "bert-mean") throws -> BiEncoder {
    try BiEncoder(modelAt: fixture("models/\(name)"), threads: 1)
}

/// Runs a service over real sockets, or in process, and gives it to a test.
///
/// - Parameters:
///   - setup: how requests reach it.
///   - documents: of the index; nil for no index.
///   - configure: changes the settings.
func withService<Result: Sendable>(
    _ setup: TestingSetup = .router, documents: [Document]? = faq,
    configure: (inout ServiceConfiguration) -> Void = { _ in },
    _ body: @Sendable (TestService) async throws -> Result
) async throws -> Result {
    try await withService(setup, documents, configure, prepare: { _ in }, body)
}

/// As above.
///
/// - Parameter prepare: gets the index's folder before the service opens it.
func withService<Result: Sendable>(
    _ setup: TestingSetup = .router, _ documents: [Document]? = faq,
    _ configure: (inout ServiceConfiguration) -> Void = { _ in },
    prepare: (_ folder: String) throws -> Void,
    _ body: @Sendable (TestService) async throws -> Result
) async throws -> Result {
    let base = FileManager.default.temporaryDirectory
        .appending(path: "kotae-test-\(UUID().uuidString)").path(percentEncoded: false)
    try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: base) }
    let folder = base + "/faq"
    var configuration = ServiceConfiguration()
    configuration.port = 0
    configuration.threads = 2
    configuration.models = [fixture("models/bert-mean")]
    if let documents {
        _ = try SearchIndex.build(at: folder, from: documents, with: tinyEncoder())
        try prepare(folder)
        configuration.indexes = [.init(path: folder)]
    }
    configure(&configuration)
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    logger.logLevel = .critical
    let service = try KotaeService(configuration, logger: logger)
    do {
        let result = try await withTaskExecutorPreference(OwnThreads.shared) {
            try await service.application().test(setup) { client in
                try await body(TestService(service: service, folder: folder, client: client))
            }
        }
        try await service.stop()
        return result
    } catch {
        try await service.stop()
        throw error
    }
}

extension TestService {
    /// Sends a request.
    ///
    /// - Parameter headers: by name; a body is sent as JSON unless they say otherwise.
    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: [String: String] = [:],
        body: String? = nil
    ) async throws -> TestResponse {
        var fields = HTTPFields()
        if body != nil { fields[.contentType] = "application/json" }
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        return try await client.executeRequest(
            uri: path, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) })
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> TestResponse {
        try await send(.get, path, headers: headers)
    }

    func post(
        _ path: String, _ body: JSONValue, headers: [String: String] = [:]
    ) async throws -> TestResponse {
        try await send(.post, path, headers: headers, body: body.description)
    }
}

extension TestResponse {
    /// The body as JSON.
    var json: JSONValue {
        get throws { try JSONValue(parsing: Array(body.readableBytesView)) }
    }

    /// The body as little-endian float32.
    var floats: [Float] {
        let bytes = Array(body.readableBytesView)
        return bytes.withUnsafeBytes { raw in
            (0..<bytes.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

/// A JSON array as float32.
func numbers(_ value: JSONValue?) throws -> [Float] {
    try #require(value?.array).map { Float(try #require($0.double)) }
}
