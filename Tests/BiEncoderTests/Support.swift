import BiEncoder
import FoundationEssentials
import JSON
import TestSupport

/// A tiny random model and what sentence-transformers computed with it
/// (tools/fixtures/models.py).
struct ModelFixture {
    let name: String
    let path: String
    let texts: [String]
    let ids: [[Int32]]

    init(_ name: String) throws {
        self.name = name
        path = fixture("models/\(name)")
        let file = try JSONValue(parsing: Data(contentsOf: URL(filePath: "\(path)/expected.json")))
        texts = file["texts"]?.array?.compactMap(\.string) ?? []
        ids = file["ids"]?.array?.map { $0.array?.compactMap(\.integer).map(Int32.init) ?? [] } ?? []
    }

    func expected(_ variant: String = "expected") throws -> NumPyFile {
        try NumPyFile("\(path)/\(variant).npy")
    }
}

/// Copies a model folder so that a test can spoil it.
func withCopy<R>(of model: String, _ body: (String) throws -> R) throws -> R {
    try withTemporaryFolder { folder in
        let copy = "\(folder)/model"
        try FileManager.default.copyItem(atPath: fixture("models/\(model)"), toPath: copy)
        return try body(copy)
    }
}

/// Replaces one text in a file by another.
func edit(_ path: String, _ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing(old, with: new).write(toFile: path, atomically: false, encoding: .utf8)
}

func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    try Data(bytes).write(to: URL(filePath: path))
}

func cosine(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
    func product(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
}
