import BiEncoder
import Foundation
import Synchronization
import TestSupport
import Testing

import Hub

/// Models that come whole, and how they lie in the cache.
@Suite struct PullTests {
    @Test func `a model lies in the cache as Python lays it out`() async throws {
        try await FakeHub.run { place in
            let hub = place.hub
            let pulled = try await place.pull()
            #expect(pulled.files == tinyModelFiles)
            #expect(pulled.folder == "\(place.model)/snapshots/\(hub.commit)")
            #expect(pulled.commit == hub.commit)
            let contents = tinyModelFiles.map { tinyModel[$0]! }
            #expect(pulled.fetched == contents.reduce(0) { $0 + $1.count })
            let expected = tinyModelFiles.map { "snapshots/\(hub.commit)/\($0)" }
                + contents.map { "blobs/\(FakeHub.etag($0))" } + ["refs/main"]
            #expect(place.tree() == expected.sorted())
            for (name, content) in zip(tinyModelFiles, contents) {
                let link = try FileManager.default.destinationOfSymbolicLink(atPath: "\(pulled.folder)/\(name)")
                let up = name.contains("/") ? "../../../" : "../../"
                #expect(link == "\(up)blobs/\(FakeHub.etag(content))")
                #expect(place.content("snapshots/\(hub.commit)/\(name)") == content)
            }
            #expect(place.content("refs/main") == Array(hub.commit.utf8))
            #expect(place.settings.cache.folder(of: "org/model") == pulled.folder)
            let library = ModelLibrary(path: "/nowhere", hub: place.settings.cache)
            #expect(try library.folder(of: "org/model") == pulled.folder)
            #expect(ModelFolder.name(of: pulled.folder) == "org/model")
        }
    }

    @Test func `what git and SHA-256 call a content is known`() {
        #expect(FakeHub.etag([]) == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
        #expect(FakeHub.etag(Array("hello\n".utf8)) == "ce013625030ba8dba906f756967f9e9ca394464a")
        #expect(
            FakeHub.etag([UInt8](repeating: 0x61, count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `what is in the cache is not asked for again`() async throws {
        try await FakeHub.run { place in
            _ = try await place.pull()
            let before = place.hub.seen.count
            let again = try await place.pull()
            #expect(again.fetched == 0)
            #expect(again.files == tinyModelFiles)
            // Only where the revision is.
            #expect(place.hub.seen.count == before + 1)
        }
    }

    @Test func `content that another commit has is not fetched again`() async throws {
        try await FakeHub.run { place in
            _ = try await place.pull()
            let changed = bytes(300_000, seed: 99)
            let commit = String(repeating: "a", count: 40)
            place.hub.state.withLock {
                $0.commit = commit
                $0.files["model.safetensors"] = changed
            }
            let pulled = try await place.pull()
            #expect(pulled.fetched == changed.count)
            #expect(place.content("snapshots/\(commit)/model.safetensors") == changed)
            #expect(place.content("refs/main") == Array(commit.utf8))
        }
    }

    @Test func `a file that Python has put there is used as it is`() async throws {
        try await FakeHub.run { place in
            let etag = FakeHub.etag(tinyModel["model.safetensors"]!)
            try FileManager.default.createDirectory(
                atPath: "\(place.model)/blobs", withIntermediateDirectories: true)
            #expect(
                FileManager.default.createFile(
                    atPath: "\(place.model)/blobs/\(etag)", contents: Data(tinyModel["model.safetensors"]!)))
            _ = try await place.pull()
            #expect(place.hub.count("GET", "model.safetensors") == 1, "that of the Dense layer")
            #expect(place.hub.count("GET", etag) == 0)
        }
    }

    @Test(arguments: ["refs/pr/1", "commit"])
    func `revisions are kept apart`(revision: String) async throws {
        try await FakeHub.run { place in
            let revision = revision == "commit" ? place.hub.commit : revision
            let pulled = try await place.pull(revision: revision)
            let cache = place.settings.cache
            #expect(cache.folder(of: "org/model", revision: revision) == pulled.folder)
            #expect(cache.folder(of: "org/model") == nil)
        }
    }

    @Test func `a bare name is one of sentence-transformers, or else has no organisation`() async throws {
        try await FakeHub.run { place in
            place.hub.state.withLock { $0.models = ["sentence-transformers/model", "old"] }
            let pulled = [try await place.pull("model"), try await place.pull("old")]
            #expect(pulled.map(\.name.description) == ["sentence-transformers/model", "old"])
            let cache = place.settings.cache
            #expect(cache.folder(of: "model") == cache.folder(of: "sentence-transformers/model"))
            #expect(cache.folder(of: "old")?.contains("/models--old/") == true)
            let error = await place.failure("none")
            #expect(error?.description.contains("sentence-transformers/none or none") == true)
        }
    }

    @Test func `progress ends with all bytes`() async throws {
        try await FakeHub.run { place in
            let last = Mutex<PullProgress?>(nil)
            _ = try await ModelPull(place.settings).pull("org/model") { progress in last.withLock { $0 = progress } }
            let progress = try #require(last.withLock { $0 })
            #expect(progress.done == progress.total)
            #expect(progress.total > 300_000)
        }
    }

    @Test func `two at a time do not get in each other's way`() async throws {
        try await FakeHub.run { place in
            async let one = place.pull()
            async let other = place.pull()
            let (first, second) = try await (one, other)
            #expect(first.folder == second.folder)
            #expect(place.content("snapshots/\(place.hub.commit)/model.safetensors") == tinyModel["model.safetensors"])
        }
    }
}
