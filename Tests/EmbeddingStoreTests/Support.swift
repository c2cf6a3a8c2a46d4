import EmbeddingStore
import FoundationEssentials
import JSON
import LMDB

extension StoreTransaction {
    /// A copy of a vector.
    func vector(_ key: UInt64) throws -> [Float]? {
        try withVector(forKey: key) { numbers in numbers.indices.map { numbers[$0] } }
    }
}

/// The bytes of an environment's table, in hexadecimal: "key value" for each record.
func dump<Key: DatabaseKey>(
    _ environment: Environment, _ name: String, kind: DatabaseKind = .single, keys: Key.Type
) throws -> [String] {
    let table = try environment.openDatabase(name, kind: kind, keys: keys)
    var records: [String] = []
    try environment.read { transaction in
        try transaction.forEach(in: table) { key, value in
            records.append("\(hexadecimal(key)) \(hexadecimal(value))")
        }
    }
    return records
}

func hexadecimal(_ bytes: RawSpan) -> String {
    bytes.withUnsafeBytes { buffer in
        buffer.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

func hexadecimal(_ text: String) -> String { hexadecimal(text.utf8.span.bytes) }

func readFile(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}

func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: path))
}

/// The reason for which a store refuses, or nil when it does not.
func refusal(_ body: () throws -> Void) -> StoreError.Reason? {
    do {
        try body()
        return nil
    } catch { return (error as? StoreError)?.reason }
}
