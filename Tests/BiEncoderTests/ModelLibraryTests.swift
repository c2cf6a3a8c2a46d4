import BiEncoder
import FoundationEssentials
import TestSupport
import Testing

@Suite struct `The model library` {
    @Test func `finds models by name and takes folders as they are`() throws {
        try withTemporaryFolder { folder in
            for name in ["b", "a", ModelLibrary.defaultModel] {
                try FileManager.default.copyItem(
                    atPath: fixture("models/bert-mean"), toPath: "\(folder)/\(name)")
            }
            try FileManager.default.createDirectory(
                atPath: "\(folder)/unfinished", withIntermediateDirectories: false)
            let library = ModelLibrary(path: folder)
            #expect(library.names() == ["a", ModelLibrary.defaultModel, "b"].sorted())
            #expect(try library.folder(of: "b") == "\(folder)/b")
            #expect(try library.folder(of: nil) == "\(folder)/\(ModelLibrary.defaultModel)")
            #expect(try library.folder(of: "\(folder)/a") == "\(folder)/a")
        }
    }

    @Test(arguments: ["c", "", "../b"])
    func `says which names there are when one is unknown`(name: String) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/models"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            try FileManager.default.copyItem(
                atPath: fixture("models/bert-mean"), toPath: "\(path)/b")
            let error = #expect(throws: ModelError.self) {
                try ModelLibrary(path: path).folder(of: name)
            }
            #expect(error?.reason.contains("there are: b") == true)
        }
    }

    @Test(arguments: ["intfloat/multilingual-e5-small", "sentence-transformers/tiny", "tiny"])
    func `finds models that are in the hub's cache`(name: String) throws {
        try withTemporaryFolder { folder in
            let commit = String(repeating: "0a", count: 20)
            let whole = name == "tiny" ? "sentence-transformers/tiny" : name
            let model = "\(folder)/models--" + whole.replacing("/", with: "--")
            for part in ["refs", "snapshots"] {
                try FileManager.default.createDirectory(
                    atPath: "\(model)/\(part)", withIntermediateDirectories: true)
            }
            try FileManager.default.copyItem(
                atPath: fixture("models/bert-mean"), toPath: "\(model)/snapshots/\(commit)")
            try Data(commit.utf8).write(to: URL(filePath: "\(model)/refs/main"))
            let library = ModelLibrary(path: "\(folder)/none", hub: HubCache(path: folder))
            let found = try library.folder(of: name)
            #expect(found == "\(model)/snapshots/\(commit)")
            #expect(ModelFolder.name(of: found) == whole)
            // Its family is known by that name, though its folder is called otherwise.
            let family = try ModelFolder(found).prompts.named.map(\.name)
            #expect(family == (name.contains("e5") ? ["query", "passage"] : []))
            #expect(throws: ModelError.self) { try library.folder(of: "org/other") }
        }
    }

    @Test func `says how to fetch a model that is nowhere`() throws {
        let library = ModelLibrary(path: "/nowhere", hub: HubCache(path: "/nowhere"))
        let error = #expect(throws: ModelError.self) { try library.folder(of: "org/name") }
        #expect(error?.reason.contains("kotae model pull org/name") == true)
        let other = #expect(throws: ModelError.self) { try library.folder(of: "../name") }
        #expect(other?.reason.contains("pull") == false)
    }

    @Test func `says how to get the default model where there is none`() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: ModelError.self) {
                try ModelLibrary(path: folder).folder(of: nil)
            }
            #expect(error?.reason.contains("tools/quickstart") == true)
        }
    }
}
