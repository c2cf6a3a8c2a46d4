import BiEncoder
import Synchronization
import Testing

import Hub

/// Answers that no hub should give.
@Suite struct HostileHubTests {
    private static let commit = String(repeating: "a", count: 40)

    @Test(arguments: [
        #"{"sha": "\#(commit)", "siblings": [{"rfilename": "../config.json"}]}"#,
        #"{"sha": "\#(commit)", "siblings": [{"rfilename": "/etc/passwd"}]}"#,
        #"{"sha": "\#(commit)", "siblings": [{"rfilename": "a/./b"}]}"#,
        #"{"sha": "\#(commit)", "siblings": [{"rfilename": "a\\..\\b"}]}"#,
        #"{"sha": "\#(commit)", "siblings": [{"rfilename": "a\u0000b"}]}"#,
        #"{"sha": "\#(commit)", "siblings": [{"rfilename": "a\u001b[2Jb"}]}"#,
        #"{"sha": "\#(commit)", "siblings": [{"name": "a"}]}"#,
        #"{"sha": "../../\#(commit)", "siblings": []}"#, #"{"sha": "main", "siblings": []}"#,
        #"{"siblings": []}"#, #"{"sha": "\#(commit)"}"#, "[]", "{", "",
        #"{"sha": "\#(commit)", "siblings": [], "more": ""# + String(repeating: "a", count: 5 << 20) + #""}"#,
    ])
    func `lists of files are checked`(listing: String) async throws {
        try await FakeHub.run { place in
            place.hub.state.withLock { $0.listing = listing }
            let error = await place.failure()
            guard case .invalidAnswer("org/model", let reason) = error else { throw try #require(error) }
            #expect(!reason.contains("\u{1B}"))
            #expect(place.tree().isEmpty)
        }
    }

    @Test(arguments: [
        (["etag": "\"../../x\""], "ETag"), (["etag": ""], "ETag"), (["etag": "\"abc\""], "ETag"),
        (["x-repo-commit": commit], "X-Repo-Commit"), (["x-linked-size": "-1"], "size"),
        (["x-linked-size": "99999999999999999999"], "size"), (["x-linked-etag": "\"\(commit)\u{7F}\""], "ETag"),
        (["x-linked-size": "9999999"], "expected at most"),
    ])
    func `what is said of a file is checked`(headers: [String: String], reason: String) async throws {
        try await FakeHub.run { place in
            place.hub.fail("HEAD", "modules.json", .headers(headers))
            let error = await place.failure()
            guard case .invalidAnswer("modules.json", let found) = error else { throw try #require(error) }
            #expect(found.contains(reason))
            #expect(place.tree().isEmpty)
        }
    }

    @Test(arguments: ["../1_Pooling", "/etc", "a//b", "a/../../b"])
    func `modules stay in the folder`(path: String) async throws {
        let files = [
            "modules.json": Array(
                #"[{"type": "sentence_transformers.models.Transformer", "path": "\#(path)"}]"#.utf8)
        ]
        try await FakeHub.run(files) { place in
            let error = await place.failure()
            guard case .invalidAnswer("modules.json", _) = error else { throw try #require(error) }
        }
    }

    @Test func `weights stay in the folder`() async throws {
        let files = [
            "config.json": Array("{}".utf8),
            "model.safetensors.index.json": Array(#"{"weight_map": {"a": "../../x.safetensors"}}"#.utf8),
        ]
        try await FakeHub.run(files) { place in
            let error = await place.failure()
            guard case .invalidAnswer("model.safetensors.index.json", _) = error else { throw try #require(error) }
        }
    }

    @Test func `redirects come to an end`() async throws {
        try await FakeHub.run { place in
            let path = "/api/models/org/model/revision/main"
            for _ in 0..<10 { place.hub.fail("GET", "/main", .status(307, ["location": path])) }
            let error = await place.failure()
            #expect(error == .invalidAnswer("org/model", reason: "redirected more than 5 times"))
        }
    }

    @Test(arguments: ["", "a/b/c", "../x", "a/..", "a b", "a\u{1B}b", "-a", "a--b", "a/", "/a", "日本"])
    func `what is no name is refused before anything is asked`(name: String) async throws {
        try await FakeHub.run { place in
            #expect(await place.failure(name) == .wrongName(name))
            #expect(place.settings.cache.folder(of: name) == nil)
            #expect(place.hub.seen.isEmpty)
        }
    }

    @Test(arguments: ["", "../x", "/etc", "a/../../b", "a\nb"])
    func `what is no revision is refused before anything is asked`(revision: String) async throws {
        try await FakeHub.run { place in
            #expect(await place.failure(revision: revision) == .wrongRevision(revision))
            #expect(place.settings.cache.folder(of: "org/model", revision: revision) == nil)
            #expect(place.hub.seen.isEmpty)
        }
    }
}
