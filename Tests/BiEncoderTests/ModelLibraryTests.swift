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

    @Test func `says how to get the default model where there is none`() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: ModelError.self) {
                try ModelLibrary(path: folder).folder(of: nil)
            }
            #expect(error?.reason.contains("tools/quickstart") == true)
        }
    }
}
