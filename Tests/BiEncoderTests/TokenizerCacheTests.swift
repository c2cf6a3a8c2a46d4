import BiEncoder
import FoundationEssentials
import JSON
import TestSupport
import Testing
import Tokenization

@Suite struct `The cache of tokenizers` {
    /// A `tokenizer.json` that is large enough to be cached: that of a fixture with many more words.
    private static func writeTokenizer(to path: String, words: Int = 6000) throws {
        let source = fixture("models/bert-mean/tokenizer.json")
        var json = try #require(JSONValue(parsing: Data(contentsOf: URL(filePath: source))).object)
        var model = try #require(json["model"]?.object)
        var vocabulary = try #require(model["vocab"]?.object)
        let first = try #require(vocabulary.members.compactMap { $0.value.integer }.max()) + 1
        for word in 0..<words {
            vocabulary.members.append((key: "word\(word)", value: .integer(first + word)))
        }
        model["vocab"] = .object(vocabulary)
        json["model"] = .object(model)
        try JSONValue.object(json).description.write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// A folder with a `tokenizer.json`, and the cache's folder, which is not there yet.
    private static func withTokenizer(_ body: (_ path: String, _ cache: String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/tokenizer.json"
            try writeTokenizer(to: path)
            try body(path, "\(folder)/cache/tokenizers")
        }
    }

    private static func files(_ cache: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: cache).sorted()
    }

    private static func expectEqual(_ a: Tokenizer, _ b: Tokenizer) {
        #expect(a.stages == b.stages)
        #expect(a.vocabularySize == b.vocabularySize)
        for text in ["word17 word5999 wording", "Où est [SEP] ma commande?", "パスワード"] {
            #expect(a.encode(text, maximumLength: nil).ids == b.encode(text, maximumLength: nil).ids)
        }
    }

    @Test func `keeps one file, whole, and gives the same tokenizer from it`() throws {
        try Self.withTokenizer { path, cache in
            let parsed = try Tokenizer(contentsOf: path)
            for _ in 0..<2 { Self.expectEqual(try TokenizerCache(folder: cache).tokenizer(of: TokenizerFolder(file: path)), parsed) }
            let files = try Self.files(cache)
            #expect(files.count == 1)
            #expect(files[0].hasSuffix(".bin") && files[0].utf8.count == 68)
            let ids = parsed.encode("word17 wording", maximumLength: nil).ids
            #expect(Set(ids).count > 3, "the words are told apart")
        }
    }

    @Test func `is read rather than the file`() throws {
        try Self.withTokenizer { path, cache in
            _ = try TokenizerCache(folder: cache).tokenizer(of: TokenizerFolder(file: path))
            let entry = try "\(cache)/" + #require(Self.files(cache).first)
            let before = try FileManager.default.attributesOfItem(atPath: entry)[.modificationDate] as? Date
            _ = try TokenizerCache(folder: cache).tokenizer(of: TokenizerFolder(file: path))
            let after = try FileManager.default.attributesOfItem(atPath: entry)[.modificationDate] as? Date
            #expect(before == after)
        }
    }

    @Test func `follows the file when it changes`() throws {
        try Self.withTokenizer { path, cache in
            let first = try TokenizerCache(folder: cache).tokenizer(of: TokenizerFolder(file: path))
            try Self.writeTokenizer(to: path, words: 7000)
            let second = try TokenizerCache(folder: cache).tokenizer(of: TokenizerFolder(file: path))
            #expect(second.vocabularySize == first.vocabularySize + 1000)
            #expect(try Self.files(cache).count == 2)
        }
    }

    @Test(arguments: ["cut off", "empty", "damaged", "of another file", "a folder"])
    func `does not trust what it finds`(spoiling: String) throws {
        try Self.withTokenizer { path, cache in
            let parsed = try Tokenizer(contentsOf: path)
            _ = try TokenizerCache(folder: cache).tokenizer(of: TokenizerFolder(file: path))
            let entry = try "\(cache)/" + #require(Self.files(cache).first)
            let whole = try Data(contentsOf: URL(filePath: entry))
            var bytes = whole
            switch spoiling {
            case "cut off": bytes.removeLast(1000)
            case "empty": bytes = Data()
            case "damaged": bytes[bytes.count / 2] ^= 4
            case "of another file":
                let other = "\(path).other"
                try Self.writeTokenizer(to: other, words: 8000)
                _ = try TokenizerCache(folder: cache).tokenizer(of: TokenizerFolder(file: other))
                let name = try #require(Self.files(cache).first { !entry.hasSuffix($0) })
                bytes = try Data(contentsOf: URL(filePath: "\(cache)/\(name)"))
            default: break
            }
            if spoiling == "a folder" {
                try FileManager.default.removeItem(atPath: entry)
                try FileManager.default.createDirectory(atPath: "\(entry)/x", withIntermediateDirectories: true)
            } else {
                try bytes.write(to: URL(filePath: entry))
            }
            Self.expectEqual(try TokenizerCache(folder: cache).tokenizer(of: TokenizerFolder(file: path)), parsed)
            if spoiling != "a folder" {
                #expect(try Data(contentsOf: URL(filePath: entry)) == whole, "written anew")
            }
        }
    }

    @Test func `need not be writable or anywhere`() throws {
        try Self.withTokenizer { path, cache in
            let parsed = try Tokenizer(contentsOf: path)
            // A file stands where the folder should be.
            Self.expectEqual(try TokenizerCache(folder: path).tokenizer(of: TokenizerFolder(file: path)), parsed)
            Self.expectEqual(try TokenizerCache(folder: nil).tokenizer(of: TokenizerFolder(file: path)), parsed)
            #expect(!FileManager.default.fileExists(atPath: cache))
        }
    }

    @Test func `leaves errors to the file itself`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/tokenizer.json"
            let missing = #expect(throws: TokenizerError.self) {
                try TokenizerCache(folder: folder).tokenizer(of: TokenizerFolder(file: path))
            }
            #expect(missing?.kind == .unreadable)
            try String(repeating: "[", count: 1 << 17).write(toFile: path, atomically: true, encoding: .utf8)
            let broken = #expect(throws: TokenizerError.self) {
                try TokenizerCache(folder: folder).tokenizer(of: TokenizerFolder(file: path))
            }
            #expect(broken?.kind == .notJSON)
            #expect(try Self.files(folder) == ["tokenizer.json"])
        }
    }
}
