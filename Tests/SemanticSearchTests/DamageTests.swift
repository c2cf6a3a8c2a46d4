import BiEncoder
import EmbeddingStore
import FoundationEssentials
import JSON
import SemanticSearch
import TestSupport
import Testing
import VectorIndex

@Suite struct `An index folder` {
    private func withIndex(_ body: (String, BiEncoder) throws -> Void) throws {
        let encoder = try tinyEncoder()
        try withTemporaryFolder { folder in
            _ = try SearchIndex.build(at: folder, from: someDocuments(9), with: encoder)
            try body(folder, encoder)
        }
    }

    @Test func `that is missing, a file, or without an index says so`() throws {
        try withTemporaryFolder { folder in
            try "x".write(toFile: "\(folder)/file", atomically: false, encoding: .utf8)
            for (path, reason) in [
                ("\(folder)/none", "no such folder"), ("\(folder)/file", "not a folder"),
                (folder, "no index in this folder"),
            ] {
                let error = #expect(throws: IndexError.self) { try SearchIndex(opening: path) }
                #expect(error?.kind == .missing)
                #expect(error?.path == path)
                #expect(error?.reason.contains(reason) == true)
            }
        }
    }

    @Test func `whose FAISS file is cut off or spoilt is refused with the file's name`() throws {
        try withIndex { folder, _ in
            let path = "\(folder)/vectors.faiss"
            let bytes = try Data(contentsOf: URL(filePath: path))
            for count in [0, 1, 44, 45, 100, bytes.count - 17, bytes.count - 1] {
                try bytes.prefix(count).write(to: URL(filePath: path))
                let error = #expect(throws: FaissError.self) { try SearchIndex(opening: folder) }
                #expect(error?.path == path)
            }
        }
    }

    @Test func `whose FAISS file is of another generation, or gone, answers from the store`() throws {
        try withIndex { folder, encoder in
            let path = "\(folder)/vectors.faiss"
            let hits = try SearchIndex(opening: folder).search("order 5", with: encoder)
            let old = try Data(contentsOf: URL(filePath: path))
            // As after a crash between the commit and the renaming of the new file.
            _ = try SearchIndex.build(
                at: folder, from: Array(someDocuments(9).reversed()), with: encoder)
            try old.write(to: URL(filePath: path))
            func ranking() throws -> [String] {
                try SearchIndex(opening: folder).search("order 5", with: encoder).map(\.document.id)
            }
            #expect(try ranking() == hits.map(\.document.id))
            try FileManager.default.removeItem(atPath: path)
            #expect(try ranking() == hits.map(\.document.id))
        }
    }

    @Test func `with a cut off data.mdb is refused, at any length`() throws {
        try withIndex { folder, _ in
            let path = "\(folder)/data.mdb"
            let bytes = try Data(contentsOf: URL(filePath: path))
            for count in [0, 1, 100, 4096, 8192, bytes.count / 2, bytes.count - 4096] {
                try bytes.prefix(count).write(to: URL(filePath: path))
                let error = #expect(throws: (any Error).self) { try SearchIndex(opening: folder) }
                #expect("\(error as Any)".contains(folder), "\(count) bytes")
            }
        }
    }

    @Test func `of a newer format is refused`() throws {
        try withIndex { folder, _ in
            do {
                let store = try EmbeddingStore(opening: folder, writable: true)
                try store.write { writer in
                    var manifest = try #require(try writer.meta("manifest")?.object)
                    manifest["format"] = .integer(IndexManifest.currentFormat + 1)
                    try writer.setMeta("manifest", to: .object(manifest))
                }
            }
            let error = #expect(throws: IndexError.self) { try SearchIndex(opening: folder) }
            #expect(error?.kind == .newerFormat)
        }
    }

    @Test func `without a finished build says so`() throws {
        try withTemporaryFolder { folder in
            do { _ = try EmbeddingStore.create(at: folder, dimensions: 48) }
            let error = #expect(throws: IndexError.self) { try SearchIndex(opening: folder) }
            #expect(error?.reason.contains("interrupted") == true)
            // The next build takes it over.
            let encoder = try tinyEncoder()
            _ = try SearchIndex.build(at: folder, from: someDocuments(2), with: encoder)
            #expect(try SearchIndex(opening: folder).search("order", with: encoder).count == 2)
        }
    }
}
