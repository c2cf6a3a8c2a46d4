import BiEncoder
import Files
import Foundation
import Synchronization
import Testing

import Hub

/// Hubs and networks that fail, and what is then in the cache.
@Suite struct FailureTests {
    private static let weights = FakeHub.etag(tinyModel["model.safetensors"]!)

    @Test func `an unknown model and an unknown revision are told apart`() async throws {
        try await FakeHub.run { place in
            let endpoint = place.settings.endpoint
            #expect(
                await place.failure("org/none")
                    == .noModel(["org/none"], endpoint: endpoint, hasToken: false))
            #expect(
                await place.failure(revision: "v9")
                    == .noRevision("v9", model: "org/model", endpoint: endpoint))
            #expect(await place.failure("org/none")?.description.contains("HF_TOKEN") == true)
            #expect(place.tree().isEmpty)
        }
    }

    @Test func `without its token a private model is not there, with a wrong one it says so`() async throws {
        for (token, expected) in [(nil, "set HF_TOKEN"), ("wrong", "does not accept the token"), ("right", nil)] {
            try await FakeHub.run(environment: token.map { ["HF_TOKEN": $0] } ?? [:]) { place in
                place.hub.state.withLock { $0.token = "right" }
                guard let expected else {
                    _ = try await place.pull()
                    return
                }
                #expect(await place.failure()?.description.contains(expected) == true)
            }
        }
    }

    @Test func `a gated model asks for a token`() async throws {
        try await FakeHub.run { place in
            place.hub.fail(
                "GET", "/main", .status(403, ["x-error-code": "GatedRepo", "x-error-message": "Ask the authors"]))
            let text = await place.failure()?.description ?? ""
            #expect(text.contains("Ask the authors") && text.contains("HF_TOKEN"))
        }
    }

    @Test func `the token in the file of HF_HOME is sent to the hub and to nobody else`() async throws {
        try await FakeHub.run { place in
            try FileManager.default.createDirectory(atPath: place.folder, withIntermediateDirectories: true)
            try "  secret\n".write(toFile: "\(place.folder)/token", atomically: true, encoding: .utf8)
            let variables = ["HF_ENDPOINT": place.settings.endpoint, "HF_HOME": place.folder]
            _ = try await ModelPull(HubSettings { variables[$0] }).pull("org/model")
            let seen = place.hub.seen
            #expect(seen.contains { $0.isStore })
            #expect(seen.allSatisfy { $0.authorization == ($0.isStore ? nil : "Bearer secret") })
        }
    }

    @Test func `a busy hub is asked again when it wants to be`() async throws {
        try await FakeHub.run { place in
            place.hub.fail("GET", "/main", .status(429, ["retry-after": "1"]), .status(503))
            place.hub.fail("HEAD", "/config.json", .status(500))
            place.hub.fail("GET", Self.weights, .status(502), .status(429))
            let start = ContinuousClock.now
            _ = try await place.pull()
            #expect(ContinuousClock.now - start >= .seconds(1))
            #expect(place.hub.count("GET", "/main") == 3)
        }
    }

    @Test func `a hub that stays busy is given up`() async throws {
        try await FakeHub.run { place in
            let endpoint = place.settings.endpoint
            place.hub.fail("GET", "/main", .status(429, ["retry-after": "3600"]))
            #expect(await place.failure() == .tooManyRequests(endpoint: endpoint, seconds: 3600))
            for _ in 0..<5 { place.hub.fail("GET", "/main", .status(429)) }
            #expect(await place.failure() == .tooManyRequests(endpoint: endpoint, seconds: nil))
            for _ in 0..<5 { place.hub.fail("GET", "/main", .status(503)) }
            guard case .failed("org/model", status: 503, _) = await place.failure() else {
                Issue.record("expected the status")
                return
            }
        }
    }

    @Test func `a cut connection goes on where it was cut`() async throws {
        try await FakeHub.run { place in
            place.hub.fail("GET", Self.weights, .cut(after: 100_000), .cut(after: 50_000), .cut(after: 0))
            let pulled = try await place.pull()
            #expect(place.content("blobs/\(Self.weights)") == tinyModel["model.safetensors"])
            let ranges = place.hub.seen.filter { $0.path.hasSuffix(Self.weights) }.map(\.range)
            #expect(ranges == [nil, "bytes=100000-", "bytes=150000-", "bytes=150000-"])
            #expect(pulled.fetched == tinyModelFiles.reduce(0) { $0 + tinyModel[$1]!.count })
        }
    }

    @Test func `a server that falls silent is asked again`() async throws {
        var patience = Patience.short
        patience.silence = .milliseconds(500)
        try await FakeHub.run(patience: patience) { place in
            place.hub.fail("GET", Self.weights, .silence(after: 1000))
            _ = try await place.pull()
            #expect(place.hub.count("GET", Self.weights) == 2)
        }
    }

    @Test func `an interrupted pull leaves no model, and the next one goes on`() async throws {
        try await FakeHub.run { place in
            place.hub.fail("GET", Self.weights, .cut(after: 100_000))
            for _ in 0..<5 { place.hub.fail("GET", Self.weights, .cut(after: 0)) }
            guard case .interrupted("model.safetensors", _) = await place.failure() else {
                Issue.record("expected an interruption")
                return
            }
            #expect(!place.tree().contains { $0.hasPrefix("snapshots") || $0.hasPrefix("refs") })
            #expect(place.content("blobs/\(Self.weights).incomplete")?.count == 100_000)
            #expect(place.settings.cache.folder(of: "org/model") == nil)
            place.hub.state.withLock { $0.faults = [] }
            _ = try await place.pull()
            #expect(place.content("blobs/\(Self.weights)") == tinyModel["model.safetensors"])
            #expect(place.hub.seen.last { $0.isStore && $0.path.hasSuffix(Self.weights) }?.range == "bytes=100000-")
            #expect(!place.tree().contains { $0.hasSuffix(".incomplete") })
        }
    }

    @Test func `a server that heeds no range sends the file anew`() async throws {
        try await FakeHub.run { place in
            place.hub.fail("GET", Self.weights, .cut(after: 100_000), .whole)
            _ = try await place.pull()
            #expect(place.content("blobs/\(Self.weights)") == tinyModel["model.safetensors"])
        }
    }

    @Test(arguments: ["model.safetensors", "config.json"])
    func `other bytes are refused by their hash`(file: String) async throws {
        try await FakeHub.run { place in
            var content = tinyModel[file]!
            let etag = FakeHub.etag(content)
            content[content.count - 1] ^= 1
            place.hub.fail("GET", file == "config.json" ? file : etag, .content(content))
            // The two small ones of the modules end with the same name.
            place.hub.state.withLock {
                $0.files["1_Pooling/config.json"] = nil
                $0.files["2_Dense/config.json"] = nil
            }
            let error = await place.failure()
            guard case .wrongHash(file, expected: etag, let found) = error else { throw try #require(error) }
            #expect(found != etag && found.utf8.count == etag.utf8.count)
            #expect(!place.tree().contains { $0.contains(etag) || $0.hasPrefix("snapshots") })
        }
    }

    @Test(arguments: [299_999, 300_001])
    func `another size is refused`(size: Int) async throws {
        try await FakeHub.run { place in
            place.hub.fail("GET", Self.weights, .content(bytes(size)))
            #expect(
                await place.failure() == .wrongSize("model.safetensors", expected: 300_000, found: size))
            #expect(!place.tree().contains { $0.contains(Self.weights) || $0.hasPrefix("snapshots") })
        }
    }

    @Test func `what an earlier pull left and is too much is fetched anew`() async throws {
        try await FakeHub.run { place in
            try FileManager.default.createDirectory(
                atPath: "\(place.model)/blobs", withIntermediateDirectories: true)
            #expect(
                FileManager.default.createFile(
                    atPath: "\(place.model)/blobs/\(Self.weights).incomplete", contents: Data(bytes(400_000))))
            _ = try await place.pull()
            #expect(place.content("blobs/\(Self.weights)") == tinyModel["model.safetensors"])
        }
    }

    @Test func `no network is told at once`() async throws {
        let settings = try HubSettings { ["HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": "/nowhere"][$0] }
        var quick = settings
        quick.patience = .short
        let patient = quick
        let error = await #expect(throws: HubError.self) { try await ModelPull(patient).pull("org/model") }
        #expect(error == .unreachable("127.0.0.1:9", reason: "Connection refused"))
    }

    @Test func `a cache that cannot be written is told by its path`() async throws {
        try await FakeHub.run(environment: ["HF_HUB_CACHE": "/proc/nowhere"]) { place in
            let error = await #expect(throws: FileError.self) { try await place.pull() }
            #expect(error?.path.hasPrefix("/proc/nowhere") == true)
        }
    }

    @Test func `nothing is asked offline`() async throws {
        try await FakeHub.run(environment: ["HF_HUB_OFFLINE": "1"]) { place in
            #expect(await place.failure() == .offline)
            #expect(place.hub.seen.isEmpty)
        }
    }
}
