import BiEncoder
import EmbeddingStore
import FoundationEssentials
import JSON
import SemanticSearch
import TestSupport

/// The tiny random model: its vectors mean nothing, but are what sentence-transformers computes.
func tinyEncoder(_ name: String = "bert-mean", maximumLength: Int? = nil) throws -> BiEncoder {
    try BiEncoder(modelAt: fixture("models/\(name)"), threads: 1, maximumLength: maximumLength)
}

/// Documents with different questions; every third has an alternate.
func someDocuments(_ count: Int) -> [Document] {
    (0..<count).map { number in
        Document(
            id: "doc-\(number)", question: "how do i change order \(number)",
            alternates: number.isMultiple(of: 3) ? ["change of order no. \(number) please"] : [],
            answer: "answer \(number)", fields: ["number": .integer(number)])
    }
}

/// The names and contents of all files in a folder but the lock file, which readers write to.
func contents(of folder: String) throws -> [String: Data] {
    var result: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name != "lock.mdb" {
        result[name] = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
    }
    return result
}

func product(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}
