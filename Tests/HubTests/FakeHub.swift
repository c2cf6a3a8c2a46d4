import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

import Hub

/// A hub that speaks the protocol of the real one, large files being at another address, and that goes wrong when
/// told to.
final class FakeHub: Sendable {
    /// What happens once instead of a right answer.
    enum Fault: Sendable {
        case status(Int, [String: String] = [:])
        /// The connection breaks after so many bytes of the body.
        case cut(after: Int)
        /// Nothing comes for three seconds after so many bytes of the body, then it breaks.
        case silence(after: Int)
        /// These bytes come instead.
        case content([UInt8])
        /// The request's Range is not heeded.
        case whole
        /// Headers of a right answer are replaced.
        case headers([String: String])
    }

    struct Seen: Sendable {
        let method: String
        let path: String
        let range: String?
        let authorization: String?
        /// Whether it came to the address of the large files.
        let isStore: Bool
    }

    struct State: Sendable {
        var models: Set<String> = ["org/model"]
        var commit = String(repeating: "c0ffee", count: 7).prefix(40).description
        var files: [String: [UInt8]] = [:]
        /// The list of files; nil for those that there are.
        var listing: String?
        var faults: [(method: String, path: String, fault: Fault)] = []
        var seen: [Seen] = []
        var token: String?
        var storePort = 0
    }

    let state = Mutex(State())

    /// Files beyond this size are large ones.
    static let large = 1000

    var seen: [Seen] { state.withLock(\.seen) }

    var commit: String { state.withLock(\.commit) }

    /// How many requests there were of a kind, for paths that end so.
    func count(_ method: String, _ path: String = "") -> Int {
        seen.count { $0.method == method && $0.path.hasSuffix(path) }
    }

    /// - Parameter path: how the path of the request ends.
    func fail(_ method: String, _ path: String, _ faults: Fault...) {
        state.withLock { state in
            for fault in faults { state.faults.append((method, path, fault)) }
        }
    }

    static func etag(_ content: [UInt8]) -> String {
        content.count > large
            ? hexadecimal(SHA256.hash(data: content))
            : hexadecimal(Insecure.SHA1.hash(data: Array("blob \(content.count)\u{0}".utf8) + content))
    }

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    func respond(_ request: Request, isStore: Bool) -> Response {
        let path = request.uri.path.removingPercentEncoding ?? ""
        let method = request.method.rawValue
        let (state, fault) = state.withLock { state in
            state.seen.append(
                Seen(
                    method: method, path: path, range: request.headers[.range],
                    authorization: request.headers[.authorization], isStore: isStore))
            let index = state.faults.firstIndex { $0.method == method && path.hasSuffix($0.path) }
            return (state, index.map { state.faults.remove(at: $0).fault })
        }
        if case .status(let code, let headers) = fault { return Self.refusal(code, headers) }
        var response = isStore ? store(path, request, state, fault) : hub(path, request, state, fault)
        if case .headers(let headers) = fault {
            for (name, value) in headers { response.headers[HTTPField.Name(name)!] = value }
        }
        return response
    }

    private func hub(_ path: String, _ request: Request, _ state: State, _ fault: Fault?) -> Response {
        if let token = state.token, request.headers[.authorization] != "Bearer \(token)" {
            return Self.refusal(401)
        }
        let parts = path.split(separator: "/").map(String.init)
        if parts.starts(with: ["api", "models"]), let end = parts.lastIndex(of: "revision") {
            guard state.models.contains(parts[2..<end].joined(separator: "/")) else {
                return Self.refusal(404, ["x-error-code": "RepoNotFound"])
            }
            guard ["main", "refs/pr/1", state.commit].contains(parts[(end + 1)...].joined(separator: "/")) else {
                return Self.refusal(404, ["x-error-code": "RevisionNotFound"])
            }
            let siblings = state.files.keys.sorted().map { ["rfilename": .string($0)] as JSONValue }
            let listing: JSONValue = ["sha": .string(state.commit), "siblings": .array(siblings)]
            return Self.body(Array((state.listing ?? listing.description).utf8), request, fault)
        }
        guard let start = parts.firstIndex(of: "resolve"), parts.count > start + 2,
            let content = state.files[parts[(start + 2)...].joined(separator: "/")]
        else { return Self.refusal(404, ["x-error-code": "EntryNotFound"]) }
        let etag = Self.etag(content)
        if content.count > Self.large {
            var response = Self.refusal(302, ["location": "http://127.0.0.1:\(state.storePort)/store/\(etag)"])
            response.headers[HTTPField.Name("x-repo-commit")!] = state.commit
            response.headers[HTTPField.Name("x-linked-etag")!] = "\"\(etag)\""
            response.headers[HTTPField.Name("x-linked-size")!] = "\(content.count)"
            return response
        }
        var response = Self.body(content, request, fault)
        response.headers[.eTag] = "\"\(etag)\""
        response.headers[HTTPField.Name("x-repo-commit")!] = state.commit
        return response
    }

    private func store(_ path: String, _ request: Request, _ state: State, _ fault: Fault?) -> Response {
        let etag = path.split(separator: "/").last.map(String.init)
        guard let content = state.files.values.first(where: { Self.etag($0) == etag }) else {
            return Self.refusal(403)
        }
        return Self.body(content, request, fault)
    }

    private static func refusal(_ code: Int, _ headers: [String: String] = [:]) -> Response {
        var fields = HTTPFields()
        for (name, value) in headers { fields[HTTPField.Name(name)!] = value }
        return Response(status: .init(code: code), headers: fields)
    }

    private static func body(_ content: [UInt8], _ request: Request, _ fault: Fault?) -> Response {
        var content = content[...]
        var headers = HTTPFields()
        var status = HTTPResponse.Status.ok
        if case .content(let other) = fault { content = other[...] }
        if case .whole = fault {
        } else if let start = request.headers[.range]?.dropFirst(6).dropLast(), let start = Int(start) {
            guard start < content.count else { return refusal(416) }
            headers[.contentRange] = "bytes \(start)-\(content.count - 1)/\(content.count)"
            content = content.dropFirst(start)
            status = .partialContent
        }
        if request.method == .head {
            headers[.contentLength] = "\(content.count)"
            return Response(status: status, headers: headers)
        }
        let bytes = Array(content)
        let body = ResponseBody(contentLength: bytes.count) { writer in
            switch fault {
            case .cut(let count):
                try await writer.write(ByteBuffer(bytes: bytes.prefix(count)))
                // What was written is on its way before the connection breaks.
                try await Task.sleep(for: .milliseconds(50))
                throw CancellationError()
            case .silence(let count):
                try await writer.write(ByteBuffer(bytes: bytes.prefix(count)))
                try await Task.sleep(for: .seconds(3))
                throw CancellationError()
            default:
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
        }
        return Response(status: status, headers: headers, body: body)
    }
}

extension FakeHub {
    /// A place with a hub, and the cache of its user.
    struct Place: Sendable {
        let hub: FakeHub
        let settings: HubSettings
        let folder: String

        /// The folder of the model `org/model` in the cache.
        var model: String { "\(folder)/hub/models--org--model" }

        func pull(_ model: String = "org/model", revision: String? = nil) async throws -> PulledModel {
            try await ModelPull(settings).pull(model, revision: revision)
        }

        /// The error that a pull ends with.
        func failure(_ model: String = "org/model", revision: String? = nil) async -> HubError? {
            await #expect(throws: HubError.self) { try await pull(model, revision: revision) }
        }

        /// The paths of all files and links in the cache, from the model's folder.
        func tree() -> [String] {
            (FileManager.default.subpaths(atPath: model) ?? []).filter { path in
                var isFolder = false
                _ = FileManager.default.fileExists(atPath: "\(model)/\(path)", isDirectory: &isFolder)
                return !isFolder
            }.sorted()
        }

        func content(_ path: String) -> [UInt8]? {
            FileManager.default.contents(atPath: "\(model)/\(path)").map(Array.init)
        }
    }

    /// Runs a hub and gives it to a test.
    ///
    /// - Parameters:
    ///   - files: of the model `org/model`.
    ///   - environment: in addition to HF_ENDPOINT and HF_HOME.
    static func run(
        _ files: [String: [UInt8]] = tinyModel, environment: [String: String] = [:],
        patience: Patience = .short, _ body: @escaping @Sendable (Place) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "kotae-test-\(UUID().uuidString)").path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hub = FakeHub()
        hub.state.withLock { $0.files = files }
        try await withTaskExecutorPreference(OwnThreads.shared) {
            try await hub.application(isStore: true).test(.live) { store in
                let storePort = try #require(store.port)
                hub.state.withLock { $0.storePort = storePort }
                try await hub.application(isStore: false).test(.live) { client in
                    let port = try #require(client.port)
                    let own = ["HF_ENDPOINT": "http://127.0.0.1:\(port)", "HF_HOME": folder]
                    let variables = own.merging(environment) { $1 }
                    var settings = try HubSettings { variables[$0] }
                    settings.patience = patience
                    try await body(Place(hub: hub, settings: settings, folder: folder))
                }
            }
        }
    }

    private func application(isStore: Bool) -> some ApplicationProtocol {
        Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in
                self.respond(request, isStore: isStore)
            },
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            logger: Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() })
    }
}

extension Patience {
    /// For servers that are on this machine.
    static var short: Patience {
        var patience = Patience()
        patience.firstDelay = .milliseconds(5)
        return patience
    }
}

/// Bytes that no two files share.
func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
}

/// The files of a model as sentence-transformers saves it, and some that are of no use here.
let tinyModel: [String: [UInt8]] = [
    "modules.json": Array(
        """
        [{"type": "sentence_transformers.models.Transformer", "path": ""},
         {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
         {"type": "sentence_transformers.models.Dense", "path": "2_Dense"},
         {"type": "sentence_transformers.models.Normalize", "path": "3_Normalize"}]
        """.utf8),
    "config.json": Array("{}".utf8), "tokenizer.json": bytes(5000, seed: 2), "vocab.txt": [],
    "1_Pooling/config.json": Array("{\"a\": 1}".utf8), "2_Dense/config.json": Array("{\"b\": 1}".utf8),
    "2_Dense/model.safetensors": bytes(2000, seed: 3), "2_Dense/pytorch_model.bin": bytes(2000, seed: 4),
    "model.safetensors": bytes(300_000, seed: 5), "pytorch_model.bin": bytes(300_000, seed: 6),
    "onnx/model.onnx": bytes(3000, seed: 7), "tf_model.h5": bytes(3000, seed: 8), "README.md": bytes(10, seed: 9),
]

/// Those of them that are fetched.
let tinyModelFiles = [
    "1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors", "config.json", "model.safetensors",
    "modules.json", "tokenizer.json", "vocab.txt",
]
